import type { DatabaseSync } from 'node:sqlite';
import type { Account, NewEntry, StoredAccount } from 'chatserv';
import { prepareAppend } from './append.ts';
import { prepareArchive } from './archive.ts';
import { prepareForgetting } from './forget.ts';
import { prepareCursors, prepareInbox } from './inbox.ts';
import { prepareLikenesses } from './likenesses.ts';
import { type AccountRow, atMost, prepare, withRoles } from './rows.ts';
import { ACCOUNTS_AT_ONCE } from './slice.ts';
import { prepareTexts } from './texts.ts';
import { prepareTrim } from './trim.ts';

const ACCOUNT = 'id, name, hash, created, seen, roles, epoch';

/** What the signing key is called among the secrets. */
const SIGNING_KEY = 'signing-key';

/** What can be asked of the database, one method a request of the store, in terms of what its statements take. */
export type Queries = ReturnType<typeof prepareQueries>;

/** Prepares every statement of the store, each once. */
export function prepareQueries(db: DatabaseSync) {
  const get = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE id = ?`);
  const find = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE key = ?`);
  const create = prepare<AccountRow>(
    db,
    `INSERT INTO accounts (name, key, hash, created, epoch, since, cursor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
     ON CONFLICT (key) DO NOTHING RETURNING ${ACCOUNT}`,
  );
  const likenesses = prepareLikenesses(db, ACCOUNT);
  const setHash = db.prepare('UPDATE accounts SET hash = ?2 WHERE id = ?1');
  const setEpoch = db.prepare('UPDATE accounts SET epoch = ?2 WHERE id = ?1');
  const secret = prepare<{ value: Uint8Array }>(db, 'SELECT value FROM secrets WHERE name = ?');
  const addSecret = db.prepare('INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)');
  const replaceSecret = db.prepare('INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)');
  const setRoles = db.prepare('UPDATE accounts SET roles = ?2 WHERE id = ?1');
  const setSeen = db.prepare('UPDATE accounts SET seen = ?2 WHERE id = ?1');
  const seenSince = prepare<Account & { seen: number }>(
    db,
    `SELECT id, name, seen FROM accounts WHERE seen >= max(?1, 1) AND seen <= ?2 AND (seen, id) < (?2, ?3)
     ORDER BY seen DESC, id DESC LIMIT ?4`,
  );
  const list = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE id > ? ORDER BY id LIMIT ?`);
  const remove = db.prepare('DELETE FROM accounts WHERE id = ?');
  const removeContacts = db.prepare('DELETE FROM contacts WHERE account = ?');

  const end = prepare<{ id: number }>(db, "SELECT seq AS id FROM sqlite_sequence WHERE name = 'messages'");
  const { append, findEntry } = prepareAppend(db);
  const forgetting = prepareForgetting(db);

  return {
    get: (id: number) => withRoles(get.get(id)),
    find: (key: string) => withRoles(find.get(key)),
    lookalike: (alike: readonly string[]) => withRoles(likenesses.find(alike)),
    create(
      { name, key, hash, created, epoch }: Pick<StoredAccount, 'name' | 'hash' | 'created' | 'epoch'> & { key: string },
      alike: readonly string[],
      distinct: boolean,
    ) {
      if (distinct && likenesses.find(alike) !== undefined) return undefined;
      const account = withRoles(create.get(name, key, hash, created, epoch, end.get()?.id ?? 0));
      if (account !== undefined) likenesses.add(account.id, alike);
      return account;
    },
    unlikened: likenesses.unlikened,
    liken: (accounts: readonly { readonly id: number; readonly likenesses: readonly string[] }[]) =>
      likenesses.liken(accounts),
    setHash(id: number, hash: string, epoch?: number): void {
      setHash.run(id, hash);
      if (epoch !== undefined) setEpoch.run(id, epoch);
    },
    setEpoch: (id: number, epoch: number) => void setEpoch.run(id, epoch),
    signingKey: () => secret.get(SIGNING_KEY)?.value,
    setSigningKey(key: Uint8Array, renew: boolean): Uint8Array | undefined {
      (renew ? replaceSecret : addSecret).run(SIGNING_KEY, key);
      return secret.get(SIGNING_KEY)?.value;
    },
    setRoles: (id: number, roles: readonly string[]) => void setRoles.run(id, roles.join(' ')),
    setSeen: (id: number, time: number) => void setSeen.run(id, time),
    /** Those that were online latest first, before the account `id` at the time `seen`. */
    seenSince: (time: number, seen: number, id: number, limit: number) =>
      seenSince.all(time, seen, id, Math.min(ACCOUNTS_AT_ONCE, atMost(limit))),
    list: (after: number, limit: number) =>
      list.all(after, Math.min(ACCOUNTS_AT_ONCE, atMost(limit))).map((row) => withRoles(row)),
    /** Removes what waits for an account alone, and then the account. @returns whether that is done */
    remove(id: number): boolean {
      if (forgetting.forgetWaiting(id)) return false;
      removeContacts.run(id);
      remove.run(id);
      return true;
    },

    append: (entry: NewEntry) => append(entry),
    findEntry,
    ...prepareInbox(db),
    ...prepareCursors(db),
    forgetAll: forgetting.forgetAll,
    trim: prepareTrim(db, forgetting),

    ...prepareTexts(db),
    ...prepareArchive(db),
  };
}

/** The queries that change nothing. */
export const READS: ReadonlySet<keyof Queries> = new Set([
  'get',
  'find',
  'signingKey',
  'findEntry',
  'lookalike',
  'unlikened',
  'seenSince',
  'list',
  'read',
  'count',
  'cursor',
  'latest',
  'saidBy',
  'ends',
  'archivedAccounts',
  'archivedMessages',
  'readText',
  'listTexts',
] as const);
