/** Fills a database of the SQLite store, by bulk inserts. */
import { DatabaseSync } from 'node:sqlite';
import { Conversations } from '../plugins/stores/sqlite/conversations.ts';
import { COUNTS, EVERYONE } from '../plugins/stores/sqlite/entry-rows.ts';
import { PAGE_SIZE } from '../plugins/stores/sqlite/open.ts';
import { APPLICATION_ID, createSchema, MIGRATIONS } from '../plugins/stores/sqlite/schema.ts';

/** How many rows a transaction adds. */
const AT_ONCE = 500_000;

/** Of 100 messages so many go to everyone; the others to one account, or to two or three together. */
const TO_EVERYONE = 45;

/** Of 100 direct messages so many go to one of their sender's friends. */
const TO_FRIENDS = 90;
const FRIENDS = 20;

/**
 * Makes a database with accounts `u1`, `u2`, ... and entries between them. A third of the accounts never came back, a
 * tenth have everything, and the others are somewhere in between; the first 50 have large inboxes.
 */
export function fillStore(file: string, entries: number, accounts: number): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000');
  createSchema(db);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`);
  const random = generator();
  const upTo = (most: number) => 1 + Math.floor(random() * most);

  const addAccount = db.prepare(
    'INSERT INTO accounts (id, name, key, hash, created, seen, since) VALUES (?1, ?2, ?2, ?3, 1, ?4, 0)',
  );
  const addSkeleton = db.prepare('INSERT INTO skeletons (skeleton, account) VALUES (?, ?)');
  const addDevice = db.prepare("INSERT INTO cursor (account, device, id, handed, seen) VALUES (?1, '', ?2, ?2, ?3)");
  db.exec('BEGIN');
  for (let id = 1; id <= accounts; id++) {
    const kind = id <= 50 ? 0 : id % 10;
    addAccount.run(id, `u${id}`, 'x'.repeat(100), id);
    addDevice.run(id, kind < 3 ? 0 : kind === 9 ? entries : Math.floor(random() * entries), id);
    addSkeleton.run(`u${id}`, id);
  }
  db.exec('COMMIT');

  const addEntry = db.prepare(
    `INSERT INTO entry (id, room, seq, previous, kind, version, flags, sender, name, device, body, time)
     VALUES (?, ?, ?, ?, 'message', 1, ${COUNTS}, ?, ?, '', ?, ?)`,
  );
  const conversations = new Conversations(db);
  const text = 'some words, as people say them '.repeat(4);
  const everyone = { seq: 0, last: 0 };
  db.exec('BEGIN');
  for (let id = 1; id <= entries; id++) {
    const sender = upTo(accounts);
    const body = text.slice(0, upTo(120));
    if (random() * 100 < TO_EVERYONE) {
      addEntry.run(id, EVERYONE, ++everyone.seq, everyone.last, sender, `u${sender}`, body, id);
      conversations.addPlace(EVERYONE, id, sender, COUNTS);
      everyone.last = id;
    } else {
      const other = () => {
        if (random() < 0.1) return upTo(50);
        return random() * 100 < TO_FRIENDS ? 1 + ((sender + upTo(FRIENDS)) % accounts) : upTo(accounts);
      };
      const others = Array.from({ length: random() < 0.8 ? 1 : 2 }, other);
      const members = [...new Set([sender, ...others])].sort((a, b) => a - b);
      const { room, seq, previous } = conversations.add(members, id, sender, COUNTS);
      addEntry.run(id, room, seq, previous, sender, `u${sender}`, body, id);
    }
    if (id % AT_ONCE === 0) db.exec('COMMIT; BEGIN');
  }
  conversations.flush();
  db.prepare('UPDATE room SET last = ?, seq = ? WHERE id = ?').run(everyone.last, everyone.seq, EVERYONE);
  db.prepare('UPDATE log SET indexed = ?1, rooms_indexed = ?2, entries = ?1').run(entries, conversations.last);
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
