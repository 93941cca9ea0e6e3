import type { DatabaseSync } from 'node:sqlite';
import type { Account, StoredAccount } from 'chatserv';
import { prepareAppend } from './append.ts';
import { prepareArchive } from './archive.ts';
import { MOVE_MARKER, prepareCursors, prepareDevices } from './devices.ts';
import { EVERYONE } from './entry-rows.ts';
import { prepareForgetting } from './forget.ts';
import { prepareGaps } from './gaps.ts';
import { prepareHistory } from './history.ts';
import type { LogEnd } from './log-end.ts';
import { prepareMembership, prepareRooms } from './named-rooms.ts';
import { pageSize } from './paging.ts';
import { preparePositions } from './positions.ts';
import { prepareReading } from './read.ts';
import type { Redactions } from './redactions.ts';
import { prepareRemoval } from './remove.ts';
import { type AccountRow, prepare, SIGNING_KEY, withRoles } from './rows.ts';
import { prepareSkeletons } from './skeletons.ts';
import type { Tail } from './tail.ts';
import { prepareTexts } from './texts.ts';
import { prepareTrim } from './trim.ts';

const ACCOUNT = 'id, name, hash, created, seen, roles, epoch';

/** The requests of the reading thread, which sees committed data. */
export type Reads = ReturnType<typeof prepareReads>;

/** The requests of the writing thread. */
export type Writes = ReturnType<typeof prepareWrites>;

/** Prepares the requests of the reading thread. */
export function prepareReads(db: DatabaseSync, tail: Tail) {
  const find = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE key = ?`);
  const skeletons = prepareSkeletons(db, ACCOUNT);
  const seenSince = prepare<Account & { seen: number }>(
    db,
    `SELECT id, name, seen FROM accounts WHERE seen >= max(?1, 1) AND seen <= ?2 AND (seen, id) < (?2, ?3)
     ORDER BY seen DESC, id DESC LIMIT ?4`,
  );
  const list = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE id > ? ORDER BY id LIMIT ?`);

  return {
    find: (key: string) => withRoles(find.get(key)),
    lookalike: (alike: readonly string[]) => withRoles(skeletons.find(alike)),
    /** Accounts by last login, latest first, that come after the account `id` last seen at `seen`. */
    seenSince: (time: number, seen: number, id: number, limit: number) =>
      seenSince.all(time, seen, id, pageSize(limit)),
    list: (after: number, limit: number) => list.all(after, pageSize(limit)).map((row) => withRoles(row)),
    devices: prepareDevices(db),
    ...prepareReading(db, tail),
    ...prepareHistory(db, tail),
    ...prepareGaps(db, tail),
    ...prepareRooms(db, tail),
    ...preparePositions(db, tail),
    ...prepareTexts(db),
    ...prepareArchive(db, tail),
  };
}

/** Prepares the requests of the writing thread. */
export function prepareWrites(db: DatabaseSync, end: LogEnd, redactions: Redactions) {
  const get = prepare<AccountRow>(db, `SELECT ${ACCOUNT} FROM accounts WHERE id = ?`);
  const create = prepare<AccountRow>(
    db,
    `INSERT INTO accounts (name, key, hash, created, epoch, since) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO NOTHING RETURNING ${ACCOUNT}`,
  );
  const addDevice = db.prepare("INSERT INTO cursor (account, device, id, handed, seen) VALUES (?1, '', ?2, ?2, 0)");
  const moveMarker = db.prepare(MOVE_MARKER);
  const skeletons = prepareSkeletons(db, ACCOUNT);
  const setHash = db.prepare('UPDATE accounts SET hash = ?2 WHERE id = ?1');
  const setEpoch = db.prepare('UPDATE accounts SET epoch = ?2 WHERE id = ?1');
  const secret = prepare<{ value: Uint8Array }>(db, 'SELECT value FROM secrets WHERE name = ?');
  const addSecret = db.prepare('INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)');
  const replaceSecret = db.prepare('INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)');
  const rename = prepare<AccountRow>(
    db,
    `UPDATE OR IGNORE accounts SET name = ?2, key = ?3 WHERE id = ?1 RETURNING ${ACCOUNT}`,
  );
  const setRoles = db.prepare('UPDATE accounts SET roles = ?2 WHERE id = ?1');
  const setSeen = db.prepare('UPDATE accounts SET seen = ?2 WHERE id = ?1');
  const appending = prepareAppend(db, end, redactions);
  const forgetting = prepareForgetting(db, end);
  const changesOf = prepare<{ id: number }>(db, "SELECT id FROM entry WHERE of = ? AND kind <> 'redaction'");

  return {
    get: (id: number) => withRoles(get.get(id)),
    create(
      { name, key, hash, created, epoch }: Pick<StoredAccount, 'name' | 'hash' | 'created' | 'epoch'> & { key: string },
      alike: readonly string[],
      distinct: boolean,
    ) {
      if (distinct && skeletons.find(alike) !== undefined) return undefined;
      const account = withRoles(create.get(name, key, hash, created, epoch, end.head));
      if (account === undefined) return undefined;
      skeletons.add(account.id, alike);
      addDevice.run(account.id, end.head);
      // Earlier entries are not for the account.
      moveMarker.run(account.id, EVERYONE, end.room(EVERYONE)?.seq ?? 0);
      return account;
    },
    pendingSkeletons: skeletons.pendingSkeletons,
    setSkeletons: (accounts: readonly { readonly id: number; readonly skeletons: readonly string[] }[]) =>
      skeletons.setSkeletons(accounts),
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
    rename(
      { id, name, key }: Pick<StoredAccount, 'id' | 'name'> & { key: string },
      alike: readonly string[],
      distinct: boolean,
    ) {
      if (distinct && skeletons.find(alike, id) !== undefined) return undefined;
      const account = withRoles(rename.get(id, name, key));
      if (account === undefined) return undefined;
      skeletons.remove(id);
      skeletons.add(id, alike);
      return account;
    },
    setRoles: (id: number, roles: readonly string[]) => void setRoles.run(id, roles.join(' ')),
    setSeen: (id: number, time: number) => void setSeen.run(id, time),
    remove: prepareRemoval(db, end, forgetting),

    findEntry: appending.findEntry,
    append: appending.append,
    ...prepareMembership(db, end, appending),
    ...prepareCursors(db),
    /** Removes entries and what changes them, except redactions. @returns how many of the entries existed */
    forgetAll(ids: readonly number[]): number {
      const changes = ids.flatMap((id) => changesOf.all(id).map((change) => change.id));
      for (const id of [...ids, ...changes]) redactions.note(id, true);
      const forgotten = forgetting.forgetAll(ids);
      forgetting.forgetAll(changes);
      return forgotten;
    },
    trim: prepareTrim(db, end, forgetting),

    ...prepareTexts(db),
  };
}

/** The requests of the writing thread that change nothing. */
export const UNWRITTEN: ReadonlySet<keyof Writes> = new Set([
  'get',
  'signingKey',
  'findEntry',
  'pendingSkeletons',
  'readText',
  'listTexts',
] as const);
