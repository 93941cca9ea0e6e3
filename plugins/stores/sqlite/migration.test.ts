import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createOldSchema,
  inboxesIn,
  LAST_WITH_MESSAGES,
  RELEASED,
  writeOldDatabase,
} from '../../../test/support/old-database.ts';
import { mustHaveRoom } from './keep-copy.ts';
import type { MigrationProgress } from './serve.ts';
import { openStore, type Store } from './store.ts';

const OPENER = new URL('../../../test/support/store-opener.ts', import.meta.url);
const END = Number.MAX_SAFE_INTEGER;

/** How often a migration is killed; KILLS=100 makes a long run of it. */
const KILLS = Number(process.env.KILLS ?? 5);

/** How many messages are migrated and compared; MESSAGES=1000000 takes minutes, and reports time and size. */
const MESSAGES = Number(process.env.MESSAGES ?? 10_000);

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-migration-'));
  file = join(folder, 'chat.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function open(migrating?: (progress: MigrationProgress) => void): Promise<Store> {
  return openStore({ file, busyTimeout: 5000, owned: true, now: Date.now, ...(migrating && { migrating }) });
}

/** Holds what waits for accounts against what waited for them in the file as it was. */
async function waitsAsBefore({ messageLog }: Store, old: string, ids: Iterable<number>): Promise<void> {
  let waiting = 0;
  for (const [account, inbox] of inboxesIn(old, ids)) {
    const [device] = await messageLog.devices(account);
    const entries = await messageLog.read(account, device?.id ?? 0, END, END);
    const addressed = entries.filter(({ sender, toSender }) => sender !== account || toSender);
    const found = addressed.map(({ sender, from, body, time }) => [sender, from, body, time]);
    // Compared as text: the arrays are long.
    expect(JSON.stringify(found)).toBe(JSON.stringify(inbox.waiting));
    expect(addressed.filter(({ id }) => id <= (device?.handed ?? 0))).toHaveLength(inbox.handed);
    waiting += inbox.waiting.length;
  }
  expect(waiting).toBeGreaterThan(1000);
}

/** Prints what a long run measured. */
function report(old: string, milliseconds: number): void {
  if (process.env.MESSAGES === undefined) return;
  const [before, after] = [old, file].map((path) => Math.round(statSync(path).size / 1e6));
  const seconds = (milliseconds / 1000).toFixed(1);
  console.log(`${MESSAGES} messages: ${before} MB to ${after} MB in ${seconds} s`);
}

/** The accounts whose inboxes are compared: all of them in a short run, some in a long one. */
function compared(accounts: number): number[] {
  const step = Math.max(1, Math.floor(accounts / Math.max(8, 1_000_000 / MESSAGES)));
  return upTo(accounts).filter((id) => id % step === 0);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe.each([
  ['the last release', RELEASED],
  ['messages', LAST_WITH_MESSAGES],
])('a database of %s', (_name, version) => {
  test('has what waits for each account afterwards, in its order', { timeout: 120_000 + MESSAGES }, async () => {
    const accounts = MESSAGES / 100;
    writeOldDatabase(file, { version, messages: MESSAGES, accounts, crowd: 60 });
    const old = join(folder, 'old.db');
    copyFileSync(file, old);
    const began = performance.now();
    const store = await open();
    report(old, performance.now() - began);
    await waitsAsBefore(store, old, compared(accounts));
    // A round finds nothing that all have: that was left behind.
    const { entry } = await store.archive.ends();
    const before = await store.messageLog.head();
    while (await store.messageLog.trim({ before: 0, most: END, keysSince: 0 })) {}
    expect([entry, await store.messageLog.head()]).toEqual([before, before]);
    await waitsAsBefore(store, old, compared(accounts));
    await store.close();
  });

  test('keeps its ids where no crowd is given an entry each', { timeout: 120_000 }, async () => {
    writeOldDatabase(file, { version, messages: 5000, accounts: 50, toCrowds: 5, crowd: 20 });
    const old = join(folder, 'old.db');
    copyFileSync(file, old);
    const store = await open();
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

  test('go to the conversation of their sender and those who wait for them', async () => {
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
    const { messageLog: log, close } = await open();
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
    // What it has said itself an account has read.
    expect(await log.unread(1)).toEqual([]);
    expect((await log.unread(2)).map(({ last, marker }) => [last, marker])).toEqual([[2, 0]]);
    await close();
  });

  test('to a crowd become an entry each where those who wait are too many for a conversation', async () => {
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
    const { messageLog: log, accounts, close } = await open();
    const ids = async (id: number) => (await log.read(id, 0, END, 10)).map((one) => one.id);
    // Account 60 has it.
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

  test('to everyone are read by those who have them', async () => {
    old((db) => {
      for (const sender of [1, 2, 1]) {
        db.prepare("INSERT INTO messages (sender, name, text, time, wide) VALUES (?, '', '', 1, 1)").run(sender);
      }
      db.exec('UPDATE accounts SET cursor = 2 WHERE id > 1; UPDATE accounts SET cursor = 1 WHERE id = 1');
    });
    const { messageLog: log, close } = await open();
    // The first one is had by all, and the sender of the third does not wait for it.
    expect(await Promise.all([1, 2, 3].map(async (id) => (await log.get(id))?.seq))).toEqual([undefined, 1, 2]);
    expect(await log.unread(1)).toEqual([{ room: 1, last: 2, marker: 0 }]);
    expect(await log.unread(2)).toEqual([{ room: 1, last: 2, marker: 1 }]);
    await close();
  });
});

describe('the file as it was', () => {
  test('is kept beside it, for its owner only, and no copy is ever replaced', async () => {
    writeOldDatabase(file, { version: LAST_WITH_MESSAGES, messages: 1000, accounts: 20 });
    const old = join(folder, 'old.db');
    copyFileSync(file, old);
    writeFileSync(`${file}.before-v2`, 'something of the operator');
    const told: MigrationProgress[] = [];
    await (await open((progress) => told.push(progress))).close();
    const copy = `${file}.before-v2-2`;
    expect(told).toEqual([{ bytes: statSync(old).size, part: 0, backup: copy }]);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const ids = upTo(20);
    expect(inboxesIn(copy, ids)).toEqual(inboxesIn(old, ids));
    // The migration begins again with the same file, as after a kill: the copy serves again.
    copyFileSync(old, file);
    await (await open()).close();
    expect(
      readdirSync(folder)
        .filter((name) => name.includes('before'))
        .sort(),
    ).toEqual(['chat.db.before-v2', 'chat.db.before-v2-2']);
  });

  test('is not kept of a new file', async () => {
    await (await open()).close();
    await (await open()).close();
    expect(existsSync(`${file}.before-v2`)).toBe(false);
  });

  test('needs room on the disk, and a sentence says how much', () => {
    expect(() => mustHaveRoom(file, 2 ** 60)).toThrow(
      /which needs \d+ MiB on its disk for a while, and \d+ MiB are free/,
    );
    mustHaveRoom(file, 0);
  });
});

test(`killed ${KILLS} times in the middle, it is migrated in the end`, {
  timeout: 60_000 + KILLS * 20_000,
}, async () => {
  writeOldDatabase(file, { version: LAST_WITH_MESSAGES, messages: 10_000, accounts: 100 });
  const old = join(folder, 'old.db');
  copyFileSync(file, old);
  let time = 1000;
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const opener = fork(OPENER, [file]);
    const told = new Promise<string>((resolve) => opener.once('message', (message) => resolve(String(message))));
    const exited = once(opener, 'exit');
    // It has begun once it is told of; how long it lasts is not known, so the moment of the kill gets earlier when it was too late.
    await told;
    const opened = once(opener, 'message');
    await Promise.race([opened, after(Math.random() * time)]);
    opener.kill('SIGKILL');
    await exited;
    using db = new DatabaseSync(file);
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version === LAST_WITH_MESSAGES) killed++;
    else {
      time /= 2;
      db.close();
      for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
      copyFileSync(old, file);
    }
  }
  expect(killed).toBeGreaterThan(0);
  const store = await open();
  await waitsAsBefore(store, old, upTo(100));
  await store.close();
  expect(readdirSync(folder).filter((name) => name.includes('before'))).toEqual(['chat.db.before-v2']);
});
