import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Account, Entry, NewEntry, StoredAccount } from 'chatserv';
import { holds, pack } from './crowd.ts';

/** Up to so many accounts have a row each that names them; more are a crowd, packed into the message's own row. */
const NAMED_MOST = 32;

const ACCOUNT = 'id, name, hash, created, seen';

/** What can be asked of the database, one method a request of the store, in terms of what its statements take. */
export type Queries = ReturnType<typeof prepareQueries>;

/** Prepares every statement of the store, each once. */
export function prepareQueries(db: DatabaseSync) {
  db.function('holds', { deterministic: true }, (crowd, account) =>
    Number(holds(crowd as Uint8Array, account as number)),
  );

  const find = prepare<StoredAccount>(db, `SELECT ${ACCOUNT} FROM accounts WHERE key = ?`);
  const create = prepare<StoredAccount>(
    db,
    `INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
     ON CONFLICT (key) DO NOTHING RETURNING ${ACCOUNT}`,
  );
  const setHash = db.prepare('UPDATE accounts SET hash = ?2 WHERE id = ?1');
  const setSeen = db.prepare('UPDATE accounts SET seen = ?2 WHERE id = ?1');
  const seenSince = prepare<Account>(db, 'SELECT id, name FROM accounts WHERE seen >= max(?, 1) ORDER BY id');
  const list = prepare<StoredAccount>(db, `SELECT ${ACCOUNT} FROM accounts WHERE id > ? ORDER BY id LIMIT ?`);
  const remove = db.prepare('DELETE FROM accounts WHERE id = ?');

  const end = prepare<{ id: number }>(db, "SELECT seq AS id FROM sqlite_sequence WHERE name = 'messages'");
  const append = db.prepare('INSERT INTO messages (sender, name, text, time, wide, crowd) VALUES (?, ?, ?, ?, ?, ?)');
  const nameAccount = db.prepare('INSERT INTO named (account, message) SELECT id, ?2 FROM accounts WHERE id = ?1');
  // Both halves come in the order of their index, so that SQLite merges them and stops at the limit.
  const read = prepare<Entry>(
    db,
    `WITH place (start) AS (SELECT max(since, ?2) FROM accounts WHERE id = ?1)
     SELECT id, sender, name AS "from", text, time FROM messages
     WHERE wide = 1 AND id > (SELECT start FROM place) AND CASE WHEN crowd IS NULL THEN sender <> ?1 ELSE holds(crowd, ?1) END
     UNION ALL
     SELECT message, sender, name, text, time FROM named JOIN messages ON id = message
     WHERE account = ?1 AND message > (SELECT start FROM place)
     ORDER BY id LIMIT ?3`,
  );
  const cursor = prepare<{ cursor: number }>(db, 'SELECT cursor FROM accounts WHERE id = ?');
  const moveCursor = db.prepare('UPDATE accounts SET cursor = ?2 WHERE id = ?1 AND cursor < ?2');

  const findBlock = prepare<{ until: number }>(
    db,
    'SELECT until FROM blocks WHERE user = ? AND network = ? AND until > ?',
  );
  const endBlocks = db.prepare('DELETE FROM blocks WHERE until <= ?');
  const addBlock = db.prepare('INSERT OR REPLACE INTO blocks (user, network, until) VALUES (?, ?, ?)');

  return {
    find: (key: string) => find.get(key),
    create: (name: string, key: string, hash: string, created: number) =>
      create.get(name, key, hash, created, end.get()?.id ?? 0),
    setHash: (id: number, hash: string) => void setHash.run(id, hash),
    setSeen: (id: number, time: number) => void setSeen.run(id, time),
    seenSince: (time: number) => seenSince.all(time),
    list: (after: number, limit: number) => list.all(after, atMost(limit)),
    remove: (id: number) => void remove.run(id),

    append({ sender, from, audience, text, time }: NewEntry): number {
      const named = audience === 'everyone' ? [] : [...new Set(audience)];
      const crowd = named.length > NAMED_MOST ? pack(named) : null;
      const wide = audience === 'everyone' || crowd !== null;
      const id = Number(append.run(sender, from, text, time, Number(wide), crowd).lastInsertRowid);
      if (!wide) for (const account of named) nameAccount.run(account, id);
      return id;
    },
    read: (account: number, after: number, limit: number) => read.all(account, after, atMost(limit)),
    cursor: (account: number) => cursor.get(account)?.cursor ?? 0,
    moveCursors(moves: readonly (readonly [account: number, id: number])[]): void {
      for (const [account, id] of moves) moveCursor.run(account, id);
    },

    findBlock: (user: string, network: string, now: number) => findBlock.get(user, network, now)?.until ?? 0,
    addBlock(user: string, network: string, until: number, now: number): void {
      endBlocks.run(now);
      addBlock.run(user, network, until);
    },
  };
}

/** The queries that change nothing. */
export const READS: ReadonlySet<keyof Queries> = new Set([
  'find',
  'seenSince',
  'list',
  'read',
  'cursor',
  'findBlock',
] as const);

/** A statement whose rows are known to have a type. */
interface Rows<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
}

function prepare<Row>(db: DatabaseSync, sql: string): Rows<Row> {
  return db.prepare(sql) as unknown as Rows<Row>;
}

/** A limit as SQLite takes it: a negative one would be none. */
function atMost(limit: number): number {
  return Math.max(0, Math.min(limit, Number.MAX_SAFE_INTEGER));
}
