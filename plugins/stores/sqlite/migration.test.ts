import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { END, expectSameInboxes, openMigrated, upTo } from '../../../test/support/migrated.ts';
import {
  createOldSchema,
  LAST_WITH_MESSAGES,
  LAST_WITH_UNIQUE_KEYS,
  RELEASED,
  writeOldDatabase,
} from '../../../test/support/old-database.ts';

/** How many messages are migrated and compared; MESSAGES=1000000 takes minutes, and reports time and size. */
const MESSAGES = Number(process.env.MESSAGES ?? 10_000);

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-migration-'));
  file = join(folder, 'chat.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Prints the measurements of a long run. */
function report(old: string, milliseconds: number): void {
  if (process.env.MESSAGES === undefined) return;
  const [before, after] = [old, file].map((path) => Math.round(statSync(path).size / 1e6));
  const seconds = (milliseconds / 1000).toFixed(1);
  console.log(`${MESSAGES} messages: ${before} MB to ${after} MB in ${seconds} s`);
}

/** The accounts whose inboxes to compare: all in a short run, a sample in a long one. */
function compared(accounts: number): number[] {
  const step = Math.max(1, Math.floor(accounts / Math.max(8, 1_000_000 / MESSAGES)));
  // Every fiftieth account has left.
  return upTo(accounts).filter((id) => id % step === 1 % step);
}

describe.each([
  ['the last release', RELEASED],
  ['messages', LAST_WITH_MESSAGES],
])('a database of %s', (_name, version) => {
  test('has the same inboxes afterwards, in the same order', { timeout: 120_000 + MESSAGES }, async () => {
    const accounts = MESSAGES / 100;
    writeOldDatabase(file, { version, messages: MESSAGES, accounts, crowd: 60 });
    const old = join(folder, 'old.db');
    copyFileSync(file, old);
    const began = performance.now();
    const store = await openMigrated(file);
    report(old, performance.now() - began);
    await expectSameInboxes(store, old, compared(accounts));
    // A round of trimming finds nothing that everyone has, because the migration left it behind.
    const { entry } = await store.archive.ends();
    const before = await store.messageLog.head();
    while (await store.messageLog.trim({ before: 0, most: END, keysSince: 0 })) {}
    expect([entry, await store.messageLog.head()]).toEqual([before, before]);
    await expectSameInboxes(store, old, compared(accounts));
    await store.close();
  });

  test('keeps its ids if no message becomes several entries', { timeout: 120_000 }, async () => {
    writeOldDatabase(file, { version, messages: 5000, accounts: 50, toCrowds: 5, crowd: 20 });
    const old = join(folder, 'old.db');
    copyFileSync(file, old);
    const store = await openMigrated(file);
    using db = new DatabaseSync(old);
    const texts = new Map(
      db
        .prepare('SELECT id, text FROM messages')
        .all()
        .map(({ id, text }) => [id, text]),
    );
    for (const account of [1, 2, 3]) {
      const entries = await store.messageLog.read(account, 0, END, END);
      expect(entries.map(({ id }) => texts.get(id))).toEqual(entries.map(({ body }) => body));
    }
    expect((await store.messageLog.append([entry(1)])) as readonly { id: number }[]).toMatchObject([{ id: 5001 }]);
    await store.close();
  });
});

const entry = (sender: number) => ({
  to: { direct: [1, 2] },
  kind: 'message',
  version: 1,
  counts: true,
  sender,
  from: `u${sender}`,
  device: '',
  toSender: false,
  body: 'hi',
  time: 1,
});

test('keys and origins are found after a migration, whether or not their entries were indexed', async () => {
  {
    using db = new DatabaseSync(file);
    createOldSchema(db, LAST_WITH_UNIQUE_KEYS);
    db.exec(`
      INSERT INTO accounts (name, key, hash, created, since) VALUES ('u1', 'u1', '', 1, 0), ('u2', 'u2', '', 1, 0);
      INSERT INTO cursor VALUES (1, '', 0, 0, 1), (2, '', 0, 0, 1);
      INSERT INTO room (id, members, spoke, last, seq) VALUES (2, x'0101', x'01', 3, 2);
      INSERT INTO direct VALUES (x'0101', 2);
      INSERT INTO member VALUES (1, 2, 0, NULL, NULL), (2, 2, 0, NULL, NULL);
      INSERT INTO entry (id, room, seq, previous, kind, version, flags, sender, name, device, body, time, origin) VALUES
        (2, 2, 1, 0, 'message', 1, 1, 1, 'u1', '', 'hi', 1, 'near'), (3, 2, 2, 2, 'message', 1, 1, 1, 'u1', '', 'hi', 1, NULL),
        (4, 2, 3, 3, 'message', 1, 1, 1, 'u1', '', 'hi', 2, 'near');
      INSERT INTO place VALUES (2, 2, 1, 1, 'near'), (2, 3, 1, 1, NULL);
      UPDATE log SET indexed = 3, rooms_indexed = 2, entries = 2;
      INSERT INTO sent VALUES (1, 2, 'trimmed', '["x"]', 1), (2, 1, 'a', '[]', 1), (4, 1, 'b', '[]', 2);
    `);
  }
  const { messageLog: log, archive, close } = await openMigrated(file);
  expect(await log.count(2, 1, 0, 10, 'near')).toMatchObject({ all: 3, own: 3, sameOrigin: 2 });
  const found = [await log.find(2, 'trimmed'), await log.find(1, 'a'), await log.find(1, 'b'), await log.find(2, 'b')];
  expect(found).toEqual([
    { duplicateOf: 1, unknown: ['x'] },
    { duplicateOf: 2, unknown: [] },
    { duplicateOf: 4, unknown: [] },
    undefined,
  ]);
  expect(await archive.keys(0, 10)).toHaveLength(3);
  while (await log.trim({ before: 0, most: END, keysSince: 2 })) {}
  expect((await archive.keys(0, 10)).map(({ key }) => key)).toEqual(['b']);
  expect(await log.find(1, 'a')).toBeUndefined();
  await close();
});

describe('messages', () => {
  /** A database with accounts 1 to 60, whose cursors are at 0 but for account 9, which has everything. */
  function old(write: (db: DatabaseSync) => void): void {
    using db = new DatabaseSync(file);
    createOldSchema(db, LAST_WITH_MESSAGES);
    const account = db.prepare(
      'INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES (?1, ?1, ?1, 1, 0, ?2)',
    );
    for (const id of upTo(60)) account.run(`u${id}`, id === 9 ? 1000 : 0);
    write(db);
  }
  const crowdOf = (...ids: number[]) => Uint8Array.from(ids.map((id, i) => id - (ids[i - 1] ?? 0)));
  const add = (db: DatabaseSync, sender: number, accounts: number[], crowd?: Uint8Array) => {
    const { lastInsertRowid: id } = db
      .prepare("INSERT INTO messages (sender, name, text, time, wide, crowd) VALUES (?1, 'u' || ?1, ?2, 5, ?3, ?4)")
      .run(sender, accounts.join(), Number(crowd !== undefined), crowd ?? null);
    if (crowd !== undefined) db.prepare('INSERT INTO crowds VALUES (?, 0)').run(id);
    else for (const one of accounts) db.prepare('INSERT INTO named VALUES (?, ?, ?, ?)').run(one, id, sender, 'net');
    return Number(id);
  };

  test('go to the conversation of their sender and the recipients who have yet to read them', async () => {
    old((db) => {
      add(db, 1, [2, 9]);
      add(db, 1, [1]);
      add(db, 2, [9]);
      add(db, 1, [1, 2]);
      add(db, 0, [3]);
      add(db, 77, [3]);
      db.exec('INSERT INTO contacts VALUES (1, 2, 1)');
      db.exec("INSERT INTO sent VALUES (3, 2, 'gone', '[\"x\"]', 5)");
    });
    const { messageLog: log, close } = await openMigrated(file);
    const all = await Promise.all(upTo(6).map((id) => log.get(id)));
    expect(all.map((one) => one && [one.members, one.toSender, one.seq, one.previous])).toEqual([
      [[1, 2], false, 1, 0],
      [[1], true, 1, 0],
      undefined,
      [[1, 2], true, 2, 1],
      [[0, 3], false, 1, 0],
      [[3, 77], false, 1, 0],
    ]);
    expect(await log.count(2, 1, 0, 10, 'net')).toEqual({ all: 2, own: 2, sameOrigin: 2, isContact: false });
    expect((await log.count(1, 2, 0, 10)).isContact).toBe(true);
    expect(await log.find(2, 'gone')).toEqual({ duplicateOf: 3, unknown: ['x'] });
    // An account has read its own messages.
    expect(await log.unread(1)).toEqual([]);
    expect((await log.unread(2)).map(({ last, marker }) => [last, marker])).toEqual([[2, 0]]);
    await close();
  });

  test('to a crowd become an entry for each recipient if these are too many for a conversation', async () => {
    const crowd = upTo(60).slice(19);
    old((db) => {
      add(db, 1, [2]);
      add(db, 5, crowd, crowdOf(...crowd));
      add(db, 5, [3], crowdOf(3, 9, 20));
      add(db, 1, [2]);
      db.exec(
        "UPDATE accounts SET cursor = 2, handed = 3 WHERE id = 60; INSERT INTO sent VALUES (2, 5, 'k', '[]', 5), (4, 1, 'l', '[]', 5)",
      );
    });
    const { messageLog: log, accounts, close } = await openMigrated(file);
    const ids = async (id: number) => (await log.read(id, 0, END, 10)).map((one) => one.id);
    // Account 60 has read it.
    expect(crowd).toHaveLength(41);
    expect(await ids(20)).toEqual([2, 42]);
    expect(await ids(59)).toEqual([41]);
    expect(await ids(60)).toEqual([]);
    expect(await log.get(42)).toMatchObject({ members: [3, 5, 20] });
    expect(await ids(2)).toEqual([1, 43]);
    expect(await log.devices(60)).toEqual([{ name: '', id: 41, handed: 42, seen: 0 }]);
    expect(await log.find(5, 'k')).toMatchObject({ duplicateOf: 2 });
    expect(await log.find(1, 'l')).toMatchObject({ duplicateOf: 43 });
    expect(await log.head()).toBe(43);
    const next = await accounts.create('next', '');
    expect(await log.devices(next?.id ?? 0)).toMatchObject([{ id: 43 }]);
    await close();
  });

  test('to everyone are marked as read for those who have them', async () => {
    old((db) => {
      for (const sender of [1, 2, 1]) {
        db.prepare("INSERT INTO messages (sender, name, text, time, wide) VALUES (?, '', '', 1, 1)").run(sender);
      }
      db.exec('UPDATE accounts SET cursor = 2 WHERE id > 1; UPDATE accounts SET cursor = 1 WHERE id = 1');
    });
    const { messageLog: log, close } = await openMigrated(file);
    // Everyone has the first one, and the third does not count for its sender.
    expect(await Promise.all([1, 2, 3].map(async (id) => (await log.get(id))?.seq))).toEqual([undefined, 1, 2]);
    expect(await log.unread(1)).toMatchObject([{ room: 1, last: 2, marker: 0, mentions: 0 }]);
    expect(await log.unread(2)).toMatchObject([{ room: 1, last: 2, marker: 1, mentions: 0 }]);
    await close();
  });
});
