import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Entry, NewEntry } from 'chatserv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newEntry } from '../../../test/support/new-entry.ts';
import { createOldSchema } from '../../../test/support/old-database.ts';
import { Ownership } from './ownership.ts';
import { readRedactions, redactionsFile } from './redactions.ts';
import { restoreDatabase } from './restore.ts';
import { openStore, type Store } from './store.ts';

let folder = '';
let file = '';
let backup = '';
const opened: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-restore-'));
  file = join(folder, 'chat.db');
  backup = join(folder, 'backup.db');
});

afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function open(owned = true): Promise<Store> {
  const store = await openStore({ file, busyTimeout: 100, owned, now: () => 1000 });
  opened.push(store);
  return store;
}

async function close(): Promise<void> {
  await Promise.all(opened.splice(0).map((store) => store.close()));
}

const restore = (redactions?: string) => restoreDatabase({ file, backup, redactions, busyTimeout: 100 });

const redaction = (of: number) => newEntry('', { kind: 'redaction', counts: false, of });

async function append({ messageLog }: Store, ...entries: readonly NewEntry[]): Promise<readonly Entry[]> {
  return (await messageLog.append(entries)) as readonly Entry[];
}

/** The texts in the log, by id. */
async function texts({ messageLog }: Store): Promise<Record<number, string>> {
  const found: Record<number, string> = {};
  for (let id = 1; id <= (await messageLog.head()); id++) {
    const one = await messageLog.get(id);
    if (one?.kind === 'message') found[id] = one.body;
  }
  return found;
}

describe('the file of redactions', () => {
  test('lists what was blanked and what was removed, for its owner only', async () => {
    const store = await open();
    await append(
      store,
      newEntry('one', { time: 11 }),
      newEntry('two', { time: 12 }),
      newEntry('three', { sender: 2, time: 13 }),
    );
    await append(store, redaction(1), redaction(99));
    await store.messageLog.removeFrom?.(2);
    expect(readRedactions(redactionsFile(file))).toEqual([
      { id: 1, sender: 1, time: 11 },
      { id: 3, sender: 2, time: 13, removed: true },
    ]);
    expect(statSync(redactionsFile(file)).mode & 0o777).toBe(0o600);
  });

  test('does not list what was not stored', async () => {
    const store = await open();
    await append(store, newEntry('one'), newEntry('two'));
    const failing = append(store, redaction(1), newEntry('', { to: { room: 99 } }));
    const succeeding = append(store, redaction(2));
    await expect(failing).rejects.toThrow('there is no room 99');
    await succeeding;
    expect(readRedactions(redactionsFile(file)).map(({ id }) => id)).toEqual([2]);
  });

  test('is continued after a line that a crash left unfinished', async () => {
    const store = await open();
    await append(store, newEntry('one'), newEntry('two'));
    await append(store, redaction(1));
    truncateSync(redactionsFile(file), statSync(redactionsFile(file)).size - 5);
    await append(store, redaction(2));
    expect(readRedactions(redactionsFile(file)).map(({ id }) => id)).toEqual([2]);
  });

  test('that cannot be written fails the redaction', async () => {
    const store = await open();
    await append(store, newEntry('one'));
    mkdirSync(redactionsFile(file));
    await expect(append(store, redaction(1))).rejects.toThrow('nothing of this was stored');
    expect(await texts(store)).toEqual({ 1: 'one' });
  });
});

describe('a restored backup', () => {
  test('shows nothing that was deleted since, and is otherwise as it was', async () => {
    let store = await open();
    const alice = await store.accounts.create('alice', 'hash');
    await append(store, newEntry('kept'), newEntry('blanked'), newEntry('purged', { sender: 7 }));
    await store.backup.copyTo(backup);
    await append(store, redaction(2), newEntry('later'));
    await store.messageLog.removeFrom?.(7);
    await store.accounts.create('bob', 'hash');
    await close();

    expect(await restore()).toEqual({ file, replaced: `${file}.before-restore`, redacted: 2 });
    store = await open();
    expect(await texts(store)).toEqual({ 1: 'kept', 2: '' });
    expect(await store.accounts.find('alice')).toEqual(alice);
    expect(await store.accounts.find('bob')).toBeUndefined();
    await store.messageLog.check?.();
    await close();
    expect(existsSync(`${file}.restoring`)).toBe(false);
    expect(readFileSync(file).includes('blanked')).toBe(false);
    file = `${file}.before-restore`;
    expect(await texts(await open())).toEqual({ 1: 'kept', 2: '', 5: 'later' });
  });

  test('tells clients of each redaction, once', async () => {
    let store = await open();
    const alice = await store.accounts.create('alice', 'hash');
    await append(store, newEntry('hi', { sender: 0 }));
    await store.backup.copyTo(backup);
    await append(store, redaction(1));
    await close();
    expect((await restore()).redacted).toBe(1);
    expect((await restore()).redacted).toBe(1);
    for (let start = 0; start < 2; start++) {
      store = await open();
      const entries = await store.messageLog.read(alice?.id ?? 0, 0, 1e9, 10);
      expect(entries.map(({ kind, of, from }) => ({ kind, of, from }))).toEqual([
        { kind: 'message', of: undefined, from: 'alice' },
        { kind: 'redaction', of: 1, from: '*server*' },
      ]);
      await close();
    }
  });

  test('assigns no id that the replaced database has assigned', async () => {
    let store = await open();
    await store.accounts.create('alice', 'hash');
    await append(store, newEntry('one'));
    await store.backup.copyTo(backup);
    await append(store, newEntry('two', { to: { direct: [1, 2] } }), newEntry('three', { to: { direct: [1, 3] } }));
    const bob = await store.accounts.create('bob', 'hash');
    await close();
    await restore();
    store = await open();
    const [next] = await append(store, newEntry('four', { to: { direct: [1, 4] } }));
    expect(next).toMatchObject({ id: 4, room: 4 });
    expect((await store.accounts.create('carol', 'hash'))?.id).toBe((bob?.id ?? 0) + 1);
    expect(await texts(store)).toEqual({ 1: 'one', 4: 'four' });
  });

  test('leaves an entry alone that has the id of another one', async () => {
    let store = await open();
    await store.backup.copyTo(backup);
    await append(store, newEntry('posted after the backup', { time: 5 }));
    await append(store, redaction(1));
    await close();
    rmSync(file);
    store = await open();
    await append(store, newEntry('another', { time: 6 }));
    await close();
    expect(await texts(await open())).toEqual({ 1: 'another' });
  });

  test('may be put in place by hand', async () => {
    const store = await open();
    await append(store, newEntry('blanked'));
    await store.backup.copyTo(backup);
    await append(store, redaction(1));
    await close();
    copyFileSync(backup, file);
    expect(await texts(await open(false))).toEqual({ 1: '' });
  });

  test('may have the schema of an earlier version', async () => {
    const old = new DatabaseSync(backup);
    createOldSchema(old, 1);
    old.exec(`INSERT INTO accounts (name, key, hash, created, since, cursor) VALUES ('Alice', 'alice', 'h', 1, 0, 0)`);
    old.close();
    const before = readFileSync(backup);
    expect(await restore()).toEqual({ file, replaced: undefined, redacted: 0 });
    expect(await (await open()).accounts.find('alice')).toMatchObject({ name: 'Alice', hash: 'h' });
    expect(readFileSync(backup).equals(before)).toBe(true);
    expect(existsSync(`${file}.restoring.before-v2`)).toBe(false);
  });

  test('on another machine is cleared by the redactions of the first', async () => {
    const store = await open();
    await append(store, newEntry('blanked'), newEntry('kept'));
    await store.backup.copyTo(backup);
    await append(store, redaction(1));
    await close();
    const copied = join(folder, 'redactions.jsonl');
    copyFileSync(redactionsFile(file), copied);
    file = join(folder, 'elsewhere', 'chat.db');
    expect(await restore(copied)).toEqual({ file, replaced: undefined, redacted: 1 });
    expect(await texts(await open())).toEqual({ 1: '', 2: 'kept' });
    // The next restore needs no such file.
    await close();
    expect((await restore()).redacted).toBe(1);
  });

  test('replaces a database that is damaged, whose bytes are kept', async () => {
    const store = await open();
    await store.accounts.create('alice', 'hash');
    await store.backup.copyTo(backup);
    await close();
    writeFileSync(file, 'SQLite format 3\0 and then nothing that makes sense');
    const damaged = readFileSync(file);
    expect(await restore()).toEqual({ file, replaced: `${file}.before-restore`, redacted: 0 });
    expect(readFileSync(`${file}.before-restore`).equals(damaged)).toBe(true);
    expect(await (await open()).accounts.find('alice')).toBeDefined();
  });
});

describe('a restore changes nothing', () => {
  const files = () => ['chat.db', 'chat.db-wal', 'backup.db'].map((name) => readOrNone(join(folder, name)));
  const readOrNone = (path: string) => (existsSync(path) ? readFileSync(path).toString('base64') : undefined);

  async function made(): Promise<void> {
    const store = await open();
    await store.accounts.create('alice', 'hash');
    await append(store, ...Array.from({ length: 200 }, (_, i) => newEntry(`${i} ${'x'.repeat(50)}`)));
    await store.backup.copyTo(backup);
  }

  async function expectRefusal(why: string | RegExp): Promise<void> {
    const before = files();
    await expect(restore()).rejects.toThrow(why);
    expect(files()).toEqual(before);
    expect(existsSync(`${file}.restoring`)).toBe(false);
  }

  test('while a server uses the database', async () => {
    await made();
    const ownership = new Ownership(file);
    await ownership.take();
    await expectRefusal(`is in use by the chatserv process ${process.pid}`);
    ownership.release();
    await close();
    await restore();
  });

  test.each([
    ['is missing', () => rmSync(backup), /backup\.db does not exist\.$/],
    ['is no database', () => writeFileSync(backup, 'hello'), /backup\.db is not a chatserv database\.$/],
    ['is damaged', () => truncateSync(backup, 8 * 1024), /backup\.db is damaged \(/],
    ['is in use', () => writeFileSync(`${backup}-wal`, 'x'), /backup\.db is in use, or was not closed/],
    [
      'was written by a newer version',
      () => {
        using db = new DatabaseSync(backup);
        db.exec('PRAGMA user_version = 999');
      },
      /backup\.db was written by a newer chatserv/,
    ],
  ])('with a backup that %s', async (_what, spoil, why) => {
    await made();
    await close();
    spoil();
    await expectRefusal(why);
  });

  test('with the database as its own backup, or over the database of another program', async () => {
    await made();
    await close();
    const [copy, database] = [backup, file];
    backup = file;
    await expectRefusal('is the database itself');
    [backup, file] = [copy, join(folder, 'other.db')];
    using other = new DatabaseSync(file);
    other.exec('CREATE TABLE notes (text)');
    await expect(restore()).rejects.toThrow('belongs to another program');
    file = database;
    expect(existsSync(`${file}.before-restore`)).toBe(false);
  });
});
