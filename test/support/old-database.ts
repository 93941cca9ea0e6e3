/** Databases as earlier versions wrote them, and what they hold for whom. */
import { DatabaseSync } from 'node:sqlite';
import { pack, unpack } from '../../plugins/stores/sqlite/account-set.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../plugins/stores/sqlite/schema.ts';

/**
 * Schemas that servers have written: of the last release, the last one with messages instead of rooms, and the last one
 * whose keys were indexed as they were written.
 */
export const RELEASED = 5;
export const LAST_WITH_MESSAGES = 12;
export const LAST_WITH_UNIQUE_KEYS = 16;

/** From which schema on there are keys in a table of their own, lists of crowds, and origins. */
const [SENT, CROWDS, ORIGINS] = [6, 9, 10];

/** A message for an account, without its id. */
type Waiting = readonly [sender: number, name: string, text: string, time: number];

/** How the messages are spread: of 100 so many go to everyone and to a crowd, the others name one to three accounts. */
export interface OldDatabase {
  readonly version: number;
  readonly messages: number;
  readonly accounts: number;
  readonly toEveryone?: number;
  readonly toCrowds?: number;
  /** How many accounts are in a crowd. */
  readonly crowd?: number;
}

/** Gives an empty database the schema of an earlier version. */
export function createOldSchema(db: DatabaseSync, version: number): void {
  for (const migration of MIGRATIONS.slice(0, version)) {
    if (typeof migration === 'string') db.exec(migration);
    else migration(db, () => {});
  }
  db.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = ${APPLICATION_ID}`);
}

/** Makes a database of an earlier version, the same each time. A few accounts have left, many have come some way. */
export function writeOldDatabase(file: string, options: OldDatabase): void {
  const { version, messages, accounts, toEveryone = 30, toCrowds = 2, crowd = 40 } = options;
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  createOldSchema(db, version);
  db.exec('BEGIN');
  const random = generator();
  const upTo = (most: number) => 1 + Math.floor(random() * most);

  const account = db.prepare(
    'INSERT INTO accounts (id, name, key, hash, created, seen, since, cursor, handed) VALUES (?1, ?2, ?2, ?3, 1, ?4, ?5, ?6, ?7)',
  );
  for (let id = 1; id <= accounts; id++) {
    const since = id % 7 === 0 ? upTo(messages) : 0;
    const cursor = id % 3 === 0 ? since : Math.max(since, upTo(messages));
    account.run(id, `u${id}`, 'h', id % 5 === 0 ? 0 : id, since, cursor, Math.min(messages, cursor + upTo(20) - 10));
  }
  const message = db.prepare(
    'INSERT INTO messages (id, sender, name, text, time, wide, crowd) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const name =
    version >= ORIGINS
      ? db.prepare('INSERT OR IGNORE INTO named (account, message, sender, origin) VALUES (?, ?, ?, ?)')
      : db.prepare('INSERT OR IGNORE INTO named (account, message) SELECT ?, ? WHERE ? + (? IS NULL) > -1');
  const list = version >= CROWDS ? db.prepare('INSERT INTO crowds (message, account) VALUES (?, 0)') : undefined;
  const key =
    version >= SENT
      ? db.prepare("INSERT OR IGNORE INTO sent (id, sender, key, unknown, time) VALUES (?, ?, ?, '[]', ?)")
      : db.prepare('UPDATE messages SET key = ?3 WHERE id = ?1 AND sender = ?2 AND time = ?4');
  const text = 'some words, as people say them '.repeat(4);
  for (let id = 1; id <= messages; id++) {
    const sender = random() < 0.01 ? 0 : upTo(accounts);
    const kind = random() * 100;
    const wide = kind < toEveryone + toCrowds;
    const members = kind < toCrowds ? Array.from({ length: crowd }, () => upTo(accounts)) : undefined;
    const ids = members && [...new Set(members)].sort((a, b) => a - b);
    message.run(
      id,
      sender,
      `u${sender}`,
      `${id} ${text.slice(0, upTo(120))}`,
      id,
      Number(wide),
      ids ? pack(ids) : null,
    );
    if (ids !== undefined) list?.run(id);
    const near = (i: number) => (random() < 0.8 ? 1 + ((sender + i) % accounts) : upTo(accounts));
    const own = () => (sender > 0 && random() < 0.02 ? sender : undefined);
    if (!wide) for (let i = upTo(3); i > 0; i--) name.run(own() ?? near(i), id, sender, 'network');
    if (random() < 0.05) key.run(id, sender, `key ${id}`, id);
    if (id % 100_000 === 0) db.exec('COMMIT; BEGIN');
  }
  for (let id = 50; id <= accounts; id += 50)
    db.exec(`DELETE FROM accounts WHERE id = ${id}; DELETE FROM named WHERE account = ${id}`);
  db.exec('COMMIT; PRAGMA journal_mode = WAL');
  db.close();
}

interface OldMessage {
  readonly id: number;
  readonly sender: number;
  readonly name: string;
  readonly text: string;
  readonly time: number;
  readonly wide: number;
  readonly crowd: Uint8Array | null;
}

/** What waits for an account, oldest first, and how much of it was handed over. */
export interface OldInbox {
  readonly waiting: Waiting[];
  handed: number;
}

/** What waits for each of these accounts in a database with messages; accounts that are not there are left out. */
export function inboxesIn(file: string, ids: Iterable<number>): Map<number, OldInbox> {
  using db = new DatabaseSync(file, { readOnly: true });
  const place = db.prepare(
    'SELECT max(cursor, since) AS cursor, max(cursor, handed) AS handed FROM accounts WHERE id = ?',
  );
  const named = db.prepare('SELECT account FROM named WHERE message = ?');
  const places = new Map<number, { readonly cursor: number; readonly handed: number }>();
  for (const id of ids) {
    const row = place.get(id);
    if (row !== undefined) places.set(id, row as never);
  }
  const inboxes = new Map([...places.keys()].map((id): [number, OldInbox] => [id, { waiting: [], handed: 0 }]));
  const messages = db.prepare('SELECT id, sender, name, text, time, wide, crowd FROM messages ORDER BY id').iterate();
  for (const row of messages) {
    const { id, sender, name, text, time, wide, crowd } = row as unknown as OldMessage;
    const accounts = wide === 0 ? named.all(id).map(({ account }) => Number(account)) : crowd && unpack(crowd);
    for (const account of accounts ?? places.keys()) {
      const { cursor = id, handed = 0 } = places.get(account) ?? {};
      const inbox = inboxes.get(account);
      if (inbox === undefined || id <= cursor || (accounts === null && account === sender)) continue;
      inbox.waiting.push([sender, name, text, time]);
      if (id <= handed) inbox.handed++;
    }
  }
  return inboxes;
}

/** Numbers from 0 to 1, the same ones each time. */
function generator(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
