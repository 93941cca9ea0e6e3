import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectSameInboxes, openMigrated, upTo } from '../../../test/support/migrated.ts';
import { inboxesIn, LAST_WITH_MESSAGES, writeOldDatabase } from '../../../test/support/old-database.ts';
import { mustHaveRoom, NEEDED } from './keep-copy.ts';
import type { MigrationProgress } from './serve.ts';

const OPENER = fileURLToPath(new URL('../../../test/support/store-opener.ts', import.meta.url));

/** How often a migration is killed; KILLS=100 makes a long run of it. */
const KILLS = Number(process.env.KILLS ?? 5);

let folder = '';
let file = '';
let old = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-migration-'));
  file = join(folder, 'chat.db');
  old = join(folder, 'old.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a database of an earlier version, and a copy of it to compare with. */
function writeOld(messages: number, accounts: number): void {
  writeOldDatabase(file, { version: LAST_WITH_MESSAGES, messages, accounts });
  copyFileSync(file, old);
}

const copies = () => readdirSync(folder).filter((name) => name.includes('before'));

describe('a copy of the original file', () => {
  test('is kept beside it, for its owner only, and never replaces another', async () => {
    writeOld(1000, 20);
    writeFileSync(`${file}.before-v2`, 'something of the operator');
    const told: MigrationProgress[] = [];
    await (await openMigrated(file, (progress) => told.push(progress))).close();
    const copy = `${file}.before-v2-2`;
    expect(told).toEqual([{ bytes: statSync(old).size, part: 0, backup: copy }]);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const ids = upTo(20);
    expect(inboxesIn(copy, ids)).toEqual(inboxesIn(old, ids));
    // A migration that starts over with the same file, as after a kill, reuses the copy.
    copyFileSync(old, file);
    await (await openMigrated(file)).close();
    expect(copies().sort()).toEqual(['chat.db.before-v2', 'chat.db.before-v2-2']);
  });

  test('is not made of a new file', async () => {
    await (await openMigrated(file)).close();
    await (await openMigrated(file)).close();
    expect(existsSync(`${file}.before-v2`)).toBe(false);
  });

  test('needs space on the disk, and the error says how much', () => {
    expect(() => mustHaveRoom(file, 2 ** 60)).toThrow(
      /which needs \d+ MiB of free space on its disk for a while, and \d+ MiB are available/,
    );
    mustHaveRoom(file, 0);
  });
});

test('a migration needs no more space than it checks for', async () => {
  writeOld(5000, 500);
  await (await openMigrated(file)).close();
  const before = statSync(old).size;
  const after = statSync(file).size;
  // The copy, the write-ahead log, which holds the new database with some bytes a page, and what the file grows by.
  expect(before + 1.1 * after + (after - before)).toBeLessThan(NEEDED * before);
});

test('the write-ahead log does not keep the size of the migration', async () => {
  writeOld(5000, 50);
  const store = await openMigrated(file);
  expect(statSync(`${file}-wal`).size).toBeLessThan(statSync(file).size / 4);
  await store.close();
});

describe('a disk that fills up', () => {
  /** Opens the database in a process whose files can have so many bytes, which fails. @returns what it prints */
  async function openWithin(bytes: number): Promise<string> {
    const blocks = Math.ceil(bytes / 512);
    const limited = ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'sh', process.execPath, OPENER, file];
    const opener = spawn('sh', limited, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const [[code], stderr] = await Promise.all([once(opener, 'exit'), text(opener.stderr as Readable)]);
    expect(code).toBe(1);
    return stderr;
  }

  test.each([
    ['during the copy', 0.5, []],
    ['during the migration', 1.1, ['chat.db.before-v2']],
  ])('%s leaves the file as it was, and a later start migrates it', { timeout: 60_000 }, async (_when, part, kept) => {
    writeOld(5000, 50);
    expect(await openWithin(part * statSync(file).size)).toMatch(
      /The database .*chat\.db cannot be read or written: check whether its disk is full, .*\(disk I\/O error\)/,
    );
    expect(copies()).toEqual(kept);
    expect(inboxesIn(file, upTo(50))).toEqual(inboxesIn(old, upTo(50)));
    const store = await openMigrated(file);
    await expectSameInboxes(store, old, upTo(50));
    await store.close();
    expect(copies()).toEqual(['chat.db.before-v2']);
  });
});

test(`a file whose migration is killed ${KILLS} times is migrated in the end`, {
  timeout: 60_000 + KILLS * 20_000,
}, async () => {
  writeOld(10_000, 100);
  let time = 1000;
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const opener = fork(OPENER, [file]);
    const told = new Promise<string>((resolve) => opener.once('message', (message) => resolve(String(message))));
    const exited = once(opener, 'exit');
    // It has begun when the message comes. How long it takes is unknown: when a kill came too late, the next one comes earlier.
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
  const store = await openMigrated(file);
  await expectSameInboxes(store, old, upTo(100));
  await store.close();
  expect(copies()).toEqual(['chat.db.before-v2']);
});
