import type { DatabaseSync } from 'node:sqlite';
import type { Account, Block, Cursor, Entry, NewEntry, Retention, StoredAccount } from 'chatserv';
import { prepareAppend } from './append.ts';
import { prepareArchive } from './archive.ts';
import { holds } from './crowd.ts';
import { prepareLikenesses } from './likenesses.ts';
import { type AccountRow, atMost, prepare, withRoles } from './rows.ts';

/** How many messages one call of trim looks at: others wait for it. */
const TRIMMED_AT_ONCE = 1000;

const ACCOUNT = 'id, name, hash, created, seen, roles, epoch';

/** What the signing key is called among the secrets. */
const SIGNING_KEY = 'signing-key';

/** What can be asked of the database, one method a request of the store, in terms of what its statements take. */
export type Queries = ReturnType<typeof prepareQueries>;

/** Prepares every statement of the store, each once. */
export function prepareQueries(db: DatabaseSync) {
  db.function('holds', { deterministic: true }, (crowd, account) =>
    Number(holds(crowd as Uint8Array, account as number)),
  );

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
  const seenSince = prepare<Account>(
    db,
    'SELECT id, name FROM accounts WHERE seen >= max(?, 1) ORDER BY seen DESC LIMIT ?',
  );
  const list = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE id > ? ORDER BY id LIMIT ?`);
  const remove = db.prepare('DELETE FROM accounts WHERE id = ?');

  const end = prepare<{ id: number }>(db, "SELECT seq AS id FROM sqlite_sequence WHERE name = 'messages'");
  const { append, findEntry } = prepareAppend(db);
  // Both halves come in the order of their index, so that SQLite merges them and stops at the limit.
  const read = prepare<Entry>(
    db,
    `WITH place (start) AS (SELECT max(since, ?2) FROM accounts WHERE id = ?1)
     SELECT id, sender, name AS "from", crowd IS NULL AS everyone, text, time FROM messages
     WHERE wide = 1 AND id > (SELECT start FROM place) AND CASE WHEN crowd IS NULL THEN sender <> ?1 ELSE holds(crowd, ?1) END
     UNION ALL
     SELECT message, sender, name, 0, text, time FROM named JOIN messages ON id = message
     WHERE account = ?1 AND message > (SELECT start FROM place)
     ORDER BY id LIMIT ?3`,
  );
  const count = prepare<{ all: number; own: number }>(
    db,
    `SELECT count(*) AS "all", count(CASE WHEN sender = ?2 THEN 1 END) AS own FROM
       (SELECT sender FROM named JOIN messages ON id = message WHERE account = ?1 AND message > ?3 LIMIT ?4)`,
  );
  const cursor = prepare<Cursor>(db, 'SELECT cursor AS id, max(cursor, handed) AS handed FROM accounts WHERE id = ?');
  const moveCursor = db.prepare(
    'UPDATE accounts SET cursor = max(cursor, ?2), handed = max(handed, ?3) WHERE id = ?1 AND (cursor < ?2 OR handed < ?3)',
  );

  const oldest = prepare<{ id: number }>(db, 'SELECT id FROM messages WHERE id > ? ORDER BY id LIMIT ?');
  const forgetNamed = db.prepare(
    'DELETE FROM named WHERE message BETWEEN ? AND ? AND message <= (SELECT cursor FROM accounts WHERE id = account)',
  );
  // An account has what its cursor has passed, and waits for nothing that was said before it was made.
  const forgetHad = db.prepare(
    `DELETE FROM messages AS m WHERE id BETWEEN ? AND ? AND CASE
       WHEN wide = 0 THEN NOT EXISTS (SELECT 1 FROM named WHERE message = m.id)
       WHEN crowd IS NULL THEN
         NOT EXISTS (SELECT 1 FROM accounts WHERE cursor < m.id AND since < m.id AND id <> m.sender)
       ELSE NOT EXISTS (SELECT 1 FROM accounts WHERE cursor < m.id AND since < m.id AND holds(m.crowd, id)) END`,
  );
  const forgetOld = db.prepare('DELETE FROM messages WHERE id BETWEEN ? AND ? AND (time < ? OR id <= ?)');
  const forgetKeys = db.prepare('DELETE FROM sent WHERE time < ? OR id <= ?');
  const forgetNames = db.prepare(
    'DELETE FROM named WHERE message BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM messages WHERE id = message)',
  );
  const nthLast = prepare<{ id: number }>(db, 'SELECT id FROM messages ORDER BY id DESC LIMIT 1 OFFSET ?');
  /** Up to where this round of trimming has come. */
  let trimmed = 0;

  const findBlock = prepare<{ until: number }>(
    db,
    'SELECT until FROM blocks WHERE user = ? AND network = ? AND until > ?',
  );
  const endBlocks = db.prepare('DELETE FROM blocks WHERE until <= ?');
  const removeBlock = db.prepare('DELETE FROM blocks WHERE user = ? AND network = ?');
  const listBlocks = prepare<Block>(db, 'SELECT network, until FROM blocks WHERE user = ?');
  const addBlock = db.prepare('INSERT OR REPLACE INTO blocks (user, network, until) VALUES (?, ?, ?)');

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
    seenSince: (time: number, limit: number) => seenSince.all(time, atMost(limit)),
    list: (after: number, limit: number) => list.all(after, atMost(limit)).map((row) => withRoles(row)),
    remove: (id: number) => void remove.run(id),

    append: (entry: NewEntry) => append(entry),
    findEntry,
    read: (account: number, after: number, limit: number): Entry[] =>
      read.all(account, after, atMost(limit)).map((row) => ({ ...row, everyone: Boolean(row.everyone) })),
    count: (account: number, sender: number, after: number, most: number) =>
      count.get(account, sender, after, atMost(most)) ?? { all: 0, own: 0 },
    cursor: (account: number): Cursor => cursor.get(account) ?? { id: 0, handed: 0 },
    moveCursors(moves: readonly (readonly [account: number, id: number, handed: number])[]): void {
      for (const [account, id, handed] of moves) moveCursor.run(account, id, Math.max(id, handed));
    },
    trim({ before, most, keysSince }: Retention): boolean {
      const over = nthLast.get(atMost(most))?.id ?? 0;
      forgetKeys.run(keysSince, (end.get()?.id ?? 0) - atMost(most));
      const slice = oldest.all(trimmed, TRIMMED_AT_ONCE);
      const [first] = slice;
      const last = slice.at(-1);
      trimmed = 0;
      if (first === undefined || last === undefined) return false;
      forgetNamed.run(first.id, last.id);
      forgetOld.run(first.id, last.id, before, over);
      forgetHad.run(first.id, last.id);
      forgetNames.run(first.id, last.id);
      if (slice.length < TRIMMED_AT_ONCE) return false;
      trimmed = last.id;
      return true;
    },

    findBlock: (user: string, network: string, now: number) => findBlock.get(user, network, now)?.until ?? 0,
    addBlock(user: string, network: string, until: number, now: number): void {
      endBlocks.run(now);
      addBlock.run(user, network, until);
    },

    removeBlock: (user: string, network: string) => void removeBlock.run(user, network),

    listBlocks: (user: string) => listBlocks.all(user),

    /** Changes nothing: the runner of batches does what it is about. */
    check(): void {},

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
  'findBlock',
  'listBlocks',
  'ends',
  'archivedAccounts',
  'archivedMessages',
] as const);
