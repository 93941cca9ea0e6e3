import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { z } from 'chatserv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newEntry } from '../../../test/support/new-entry.ts';
import { createOldSchema, LAST_WITH_MESSAGES } from '../../../test/support/old-database.ts';
import { pack } from './account-set.ts';
import type { MigrationProgress } from './serve.ts';
import { openStore, type Store } from './store.ts';

const WRITER = new URL('../../../test/support/store-writer.ts', import.meta.url);

let folder = '';
let file = '';
const opened: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-sqlite-'));
  file = join(folder, 'data', 'chat.db');
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

async function open(busyTimeout = 100): Promise<Store> {
  const store = await openStore({ file, busyTimeout, now: () => 1000 });
  opened.push(store);
  return store;
}

const KEEPS_ALL = { before: 0, most: 1e9, keysSince: 0 };

describe('the file', () => {
  test('and its folder are for their owner only', async () => {
    const store = await open();
    await store.accounts.create('alice', 'hash');
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    for (const name of ['chat.db', 'chat.db-wal', 'chat.db-shm']) {
      expect(statSync(join(folder, 'data', name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test.runIf(process.getuid?.() === 0)('stays open to its own user when root runs a command', async () => {
    file = join(folder, 'chat.db');
    writeFileSync(file, '');
    chownSync(file, 12_345, 12_346);
    await (await open()).accounts.create('alice', 'hash');
    for (const name of ['chat.db', 'chat.db-wal', 'chat.db-shm', 'chat.db-owner']) {
      expect(statSync(join(folder, name)), name).toMatchObject({ uid: 12_345, gid: 12_346 });
    }
  });

  test('is opened again with what was in it, from the first version of the schema too', async () => {
    file = join(folder, 'old.db');
    const old = new DatabaseSync(file);
    createOldSchema(old, 1);
    old.exec(`INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES ('Alice', 'alice', 'h', 1, 0, 0)`);
    old.close();
    const store = await open();
    const alice = await store.accounts.find('ALICE');
    expect(alice).toMatchObject({ name: 'Alice', hash: 'h' });
    expect(await store.messageLog.devices(alice?.id ?? 0)).toEqual([{ name: '', id: 0, handed: 0, seen: 0 }]);
  });

  test('of a version with other keys gets the current ones, and skeletons', async () => {
    file = join(folder, 'old.db');
    const old = new DatabaseSync(file);
    createOldSchema(old, 4);
    const add = old.prepare('INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES (?, ?, ?, 1, 0, 0)');
    add.run('GROẞ', 'groß', 'a');
    add.run('straße', 'strasse', 'b');
    add.run('STRAẞE', 'straße', 'c');
    old.exec('BEGIN');
    for (let i = 0; i < 1500; i++) add.run(`scope-${i}`, `scope-${i}`, 'd');
    old.exec('COMMIT');
    old.exec("INSERT INTO blocks VALUES ('groß', '192.0.2.1', 2000)");
    old.close();
    const { accounts, storage } = await open();
    expect(await accounts.find('groß')).toMatchObject({ name: 'GROẞ', hash: 'a' });
    expect(await accounts.find('STRAẞE')).toMatchObject({ name: 'straße', hash: 'b' });
    expect(await accounts.find('strasse-3')).toMatchObject({ name: 'STRAẞE-3', hash: 'c' });
    expect(await storage.open('lockout', z.json()).get('1 192.0.2.1')).toEqual({ until: 2000 });
    expect(await accounts.lookalike('ѕсоре-1499')).toMatchObject({ name: 'scope-1499' });
  });

  test('of a version with an older table of confusable characters gets the current skeletons', async () => {
    file = join(folder, 'old.db');
    const old = new DatabaseSync(file);
    createOldSchema(old, LAST_WITH_MESSAGES);
    old.exec(`
      INSERT INTO accounts (id, name, key, hash, created, since, cursor) VALUES (1, 'ƿeter', 'ƿeter', 'h', 1, 0, 0);
      INSERT INTO likenesses VALUES ('stale', 1);
    `);
    old.close();
    const { accounts } = await open();
    expect(await accounts.lookalike('peter')).toMatchObject({ name: 'ƿeter' });
    expect(await accounts.lookalike('stale')).toBeUndefined();
  });

  test('of a version that kept read messages until they were trimmed: keys stay, and trimming continues', async () => {
    file = join(folder, 'old.db');
    const old = new DatabaseSync(file);
    createOldSchema(old, 5);
    const account = old.prepare(
      'INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES (?1, ?1, ?1, 1, 0, 0)',
    );
    for (let i = 1; i <= 40; i++) account.run(`u${i}`);
    const message = old.prepare(
      "INSERT INTO messages (sender, name, text, time, wide, crowd, key) VALUES (1, 'u1', ?, 9, ?, ?, ?)",
    );
    const crowd = pack(Array.from({ length: 40 }, (_, i) => i + 1));
    for (const text of ['one', 'two']) message.run(text, 1, crowd, null);
    message.run('all have it', 0, null, 'k');
    message.run('waits', 0, null, 'k2');
    old.exec('INSERT INTO named VALUES (2, 4)');
    old.close();

    const { messageLog: log } = await open();
    expect(await log.find(1, 'k')).toEqual({ duplicateOf: 2 * 40 + 1, unknown: [] });
    // Each recipient of a crowd has an entry of its own.
    const last = (await log.find(1, 'k2')) as { duplicateOf: number };
    expect(last.duplicateOf).toBe(2 * 40 + 2);
    const bodies = async (id: number) => (await log.read(id, 0, Number.MAX_SAFE_INTEGER, 10)).map(({ body }) => body);
    expect(await bodies(2)).toEqual(['one', 'two', 'waits']);
    expect(await log.count(2, 1, 0, 10)).toMatchObject({ all: 3 });
    const upToLast = (account: number) => ({ account, device: '', id: last.duplicateOf, handed: last.duplicateOf });
    await log.moveCursors(
      Array.from({ length: 39 }, (_, i) => upToLast(i + 1)),
      1,
    );
    while (await log.trim(KEEPS_ALL)) {}
    expect(await bodies(40)).toEqual(['one', 'two']);
    expect(await bodies(2)).toEqual([]);
    using db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare('SELECT body FROM entry').all()).toEqual([{ body: 'one' }, { body: 'two' }]);
    expect(db.prepare('SELECT entries FROM log').get()).toEqual({ entries: 2 });
  });

  test('that is large reports its migration', async () => {
    file = join(folder, 'old.db');
    const old = new DatabaseSync(file);
    createOldSchema(old, 5);
    const message = old.prepare("INSERT INTO messages (sender, name, text, time, wide) VALUES (1, 'u', ?, 1, 1)");
    for (let i = 0; i < 40; i++) message.run('x'.repeat(2 ** 20));
    old.close();
    const told: number[] = [];
    const migrating = ({ bytes }: MigrationProgress) => void told.push(bytes);
    const opens = async () => opened.push(await openStore({ file, busyTimeout: 100, now: () => 1000, migrating }));
    await opens();
    await opens();
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toBeGreaterThan(40 * 2 ** 20);
  });

  test.each([
    ['is not a database', 'is not a database', () => writeFileSync(file, 'Dear diary,\n'.repeat(100))],
    [
      "is another program's",
      'belongs to another program',
      () => new DatabaseSync(file).exec('CREATE TABLE diary (day TEXT)'),
    ],
    [
      'is from a newer version',
      'was written by a newer chatserv',
      () => new DatabaseSync(file).exec(`PRAGMA user_version = 99; PRAGMA application_id = ${0x63686174}`),
    ],
  ])('that %s is refused with a sentence, and left as it is', async (_what, sentence, make) => {
    file = join(folder, 'strange.db');
    make();
    const before = readFileSync(file);
    await expect(open()).rejects.toThrow(new RegExp(`^The database ${file} ${sentence}.*\\.$`));
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test.each([
    ['a folder', 'is not a regular file', () => mkdirSync(file)],
    ['a pipe', 'is not a regular file', () => execFileSync('mkfifo', [file])],
    ['a link to a device', 'is not a regular file', () => symlinkSync('/dev/null', file)],
    ['a file with two names', 'has a second name', () => linkSync(join(folder, 'first'), file)],
  ])('that is %s is refused with a sentence', async (_what, sentence, make) => {
    writeFileSync(join(folder, 'first'), '');
    file = join(folder, 'strange.db');
    make();
    await expect(open()).rejects.toThrow(new RegExp(`^The database ${file} ${sentence}.*\\.$`));
  });

  test('is created at the target of a dangling link', async () => {
    symlinkSync('real.db', join(folder, 'link.db'));
    file = join(folder, 'link.db');
    await (await open()).accounts.create('alice', 'hash');
    expect(statSync(join(folder, 'real.db')).mode & 0o777).toBe(0o600);
  });

  test('that is read-only is refused with a sentence', async () => {
    await (await open()).close();
    chmodSync(file, 0o400);
    // Root may write to every file, unless it drops that capability.
    const [execPath, ...execArgv] =
      process.getuid?.() === 0
        ? ['setpriv', '--inh-caps=-all', '--bounding-set=-dac_override,-dac_read_search', process.execPath]
        : [process.execPath];
    const writer = fork(WRITER, [file], { execPath: execPath ?? '', execArgv, silent: true });
    const [said] = await Promise.all([text(writer.stderr as NodeJS.ReadableStream), once(writer, 'exit')]);
    expect(said).toMatch(/cannot be written: give the server's user write access/);
  });

  test('that is damaged is refused with a sentence, or answers with one', async () => {
    const store = await open();
    for (let i = 0; i < 200; i++) void store.messageLog.append([newEntry('x'.repeat(1000))]);
    await store.messageLog.append([newEntry('last')]);
    await store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096);
    writeFileSync(file, bytes);
    await expect(open().then((again) => again.messageLog.append([newEntry('more')]))).rejects.toThrow(
      /^The database .* (is damaged|could not be written|did not take).*malformed/,
    );
  });
});

describe('what was answered', () => {
  test('survives a kill of the process', async () => {
    const writer = fork(WRITER, [file]);
    let answered = 0;
    writer.on('message', (count) => {
      answered = Number(count);
      if (answered >= 500) writer.kill('SIGKILL');
    });
    await once(writer, 'exit');
    expect(answered).toBeGreaterThanOrEqual(500);
    const store = await open();
    const alice = await store.accounts.find('alice');
    const entries = await store.messageLog.read(alice?.id ?? 0, 0, Number.MAX_SAFE_INTEGER, 1_000_000);
    const texts = entries.map(({ body }) => Number(body));
    expect(texts.length).toBeGreaterThanOrEqual(answered);
    expect(texts).toEqual(texts.map((_, index) => index + 1));
    const values = store.storage.open('values', z.int());
    expect(await values.get('count')).toBeGreaterThanOrEqual(answered);
    expect(await values.get(String(answered % 100))).toBeGreaterThanOrEqual(answered);
    expect(await values.list()).toHaveLength(100);
  });

  test('concurrent updates of two processes lose nothing', async () => {
    // Each waits for the other's commits, which take a while on a busy disk.
    const counts = [await open(20_000), await open(20_000)].map(({ storage }) => storage.open('counts', z.int()));
    const update = () => counts.map((one) => one.update('a', (count = 0) => count + 1));
    await Promise.all(Array.from({ length: 50 }, update).flat());
    expect(await counts[0]?.get('a')).toBe(100);
  });

  test('is written with the write-ahead log, and synced at each commit', async () => {
    const store = await open();
    await store.messageLog.append([newEntry('hi')]);
    using other = new DatabaseSync(file, { readOnly: true });
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  });

  test('a failing request does not fail others', async () => {
    const store = await open();
    const outcomes = await Promise.allSettled([
      store.messageLog.append([newEntry('one')]),
      store.messageLog.append([{ ...newEntry('two'), body: null as never }]),
      store.messageLog.append([newEntry('three')]),
      store.accounts.create('alice', 'hash'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    await store.close();
    using db = new DatabaseSync(file, { readOnly: true });
    expect(
      db
        .prepare('SELECT body FROM entry ORDER BY id')
        .all()
        .map(({ body }) => body),
    ).toEqual(['one', 'three']);
  });

  test('is read without waiting for a write under way', async () => {
    file = join(folder, 'chat.db');
    const store = await openStore({ file, busyTimeout: 20_000, now: () => 1000 });
    opened.push(store);
    const { accounts, messageLog: log } = store;
    const alice = await accounts.create('alice', 'hash');
    const id = alice?.id ?? 0;
    // It delays the next write, as a slow disk would.
    using other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const order: string[] = [];
    const written = log.append([newEntry('slow')]).then(() => order.push('written'));
    await new Promise(setImmediate);
    expect(await accounts.find('ALICE')).toEqual(alice);
    expect(await accounts.lookalike('a1ice')).toEqual(alice);
    expect(await accounts.list(0, 10)).toEqual([alice]);
    expect(await accounts.seenSince(1, 10)).toEqual([]);
    expect(await log.read(id, 0, 10, 10)).toEqual([]);
    expect(await log.count(id, id, 0, 10)).toMatchObject({ all: 0 });
    expect(await log.devices(id)).toMatchObject([{ id: 0, handed: 0 }]);
    expect(await log.head()).toBe(0);
    expect(await log.unread(id)).toEqual([]);
    order.push('read');
    other.exec('ROLLBACK');
    await written;
    expect(order).toEqual(['read', 'written']);
    expect(await log.read(0, 0, 10, 10)).toEqual([]);
    expect(await log.head()).toBe(1);
    const bob = await accounts.create('bob', 'hash');
    expect(await accounts.find('bob')).toEqual(bob);
  });

  test('after close, requests are rejected', async () => {
    const store = await open();
    const last = store.accounts.create('alice', 'hash');
    await store.close();
    expect(await last).toMatchObject({ name: 'alice' });
    await expect(store.accounts.find('alice')).rejects.toThrow(`The database ${file} is closed.`);
  });
});
