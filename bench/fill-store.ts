/** Fills a database of the SQLite store, by bulk inserts. */
import { DatabaseSync } from 'node:sqlite';
import { pack } from '../plugins/stores/sqlite/crowd.ts';
import { APPLICATION_ID, MIGRATIONS } from '../plugins/stores/sqlite/schema.ts';

/** How many rows a transaction adds. */
const AT_ONCE = 500_000;

/** Of 100 messages so many are to a crowd, and so many to everyone. The others name one to three accounts. */
const [TO_CROWDS, TO_EVERYONE] = [5, 45];

/** How many accounts are in a crowd. */
const CROWD = 300;

/**
 * Makes a database with accounts `u1`, `u2`, ... and messages between them. A third of the accounts have never come
 * back, a tenth have all, and the others are somewhere between; for the first 50 much waits by name.
 */
export function fillStore(file: string, messages: number, accounts: number): void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000');
  for (const migration of MIGRATIONS) db.exec(migration);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  const random = generator();
  const upTo = (most: number) => 1 + Math.floor(random() * most);

  const addAccount = db.prepare(
    `INSERT INTO accounts (id, name, key, hash, created, seen, since, cursor) VALUES (?1, ?2, ?2, ?3, 1, ?4, 0, ?5)`,
  );
  const addLikeness = db.prepare('INSERT INTO likenesses (likeness, account) VALUES (?, ?)');
  const cursors = new Float64Array(accounts + 1);
  db.exec('BEGIN');
  for (let id = 1; id <= accounts; id++) {
    const kind = id <= 50 ? 0 : id % 10;
    cursors[id] = kind < 3 ? 0 : kind === 9 ? messages : Math.floor(random() * messages);
    addAccount.run(id, `u${id}`, 'x'.repeat(100), id, cursors[id] ?? 0);
    addLikeness.run(`u${id}`, id);
  }
  db.exec('COMMIT');

  const addMessage = db.prepare(
    'INSERT INTO messages (id, sender, name, text, time, wide, crowd) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const addName = db.prepare('INSERT OR IGNORE INTO named (account, message, sender) VALUES (?, ?, ?)');
  const addCrowd = db.prepare('INSERT INTO crowds (message, account) VALUES (?, 0)');
  const text = 'some words, as people say them '.repeat(4);
  let names: (readonly [account: number, message: number, sender: number])[] = [];
  // In the order of the table, as far as they come, which takes a tenth of the time.
  const addNames = () => {
    names.sort(([a, m], [b, n]) => a - b || m - n);
    for (const name of names) addName.run(...name);
    names = [];
  };
  db.exec('BEGIN');
  for (let id = 1; id <= messages; id++) {
    const sender = upTo(accounts);
    const kind = random() * 100;
    const crowd = kind < TO_CROWDS ? pack(Array.from({ length: CROWD }, () => upTo(accounts))) : null;
    const wide = kind < TO_CROWDS + TO_EVERYONE;
    addMessage.run(id, sender, `u${sender}`, text.slice(0, upTo(120)), id, Number(wide), crowd);
    if (crowd !== null) addCrowd.run(id);
    if (!wide) for (let i = upTo(3); i > 0; i--) names.push([upTo(random() < 0.1 ? 50 : accounts), id, sender]);
    if (id % AT_ONCE !== 0) continue;
    addNames();
    db.exec('COMMIT; BEGIN');
  }
  addNames();
  db.exec('COMMIT; PRAGMA journal_mode = WAL');
  db.close();
}

/** Numbers from 0 to 1, the same ones each time. */
function generator(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
