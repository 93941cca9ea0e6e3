import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** How often an import is killed. */
const KILLS = 6;

const USERS = 500;
const MESSAGES = 20_000;

/** Roughly the size in bytes that the write-ahead log reaches during the import. */
const WRITTEN = 5 * 2 ** 20;

/** An archive of many messages. */
function archive(): string {
  const lines: object[] = [{ type: 'archive', version: 1, account: USERS, message: MESSAGES }];
  for (let id = 1; id <= USERS; id++) {
    const place = { created: 1, seen: 0, since: 0, cursor: 0, handed: 0 };
    lines.push({ type: 'account', id, name: `user-${id}`, hash: 'x', ...place });
  }
  for (let id = 1; id <= MESSAGES; id++) {
    const said = { sender: 1, from: 'user-1', audience: [(id % USERS) + 1], time: 1 };
    lines.push({ type: 'message', id, ...said, text: `${id} ${'x'.repeat(200)}` });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Kills a process once a file has a size, unless it exits before that. */
async function killWhen(child: ChildProcess, file: string, bytes: number): Promise<void> {
  const ended = once(child, 'close').then(() => true);
  const size = () =>
    stat(file).then(
      (found) => found.size,
      () => -1,
    );
  while ((await size()) < bytes) if (await Promise.race([ended, after(1, false)])) return;
  child.kill('SIGKILL');
  await ended;
}

/** How many accounts and messages there are in a database. */
function heldIn(file: string): { users: number; messages: number } {
  using db = new DatabaseSync(file);
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  return { users: count('accounts'), messages: count('entry') };
}

async function importFolder(): Promise<Folder> {
  return Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { sqlite: { file: 'chat.db' } } }),
    'all.jsonl': archive(),
  });
}

test(`an import that is killed ${KILLS} times leaves nothing or all of it`, { timeout: 300_000 }, async () => {
  await using folder = await importFolder();
  const database = join(folder.path, 'chat.db');
  const whole = { users: USERS, messages: MESSAGES };
  const halves: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [BIN, 'import', 'all.jsonl'], { cwd: folder.path, stdio: 'ignore' });
    // At a random moment in each of equal parts between the first and the last write.
    const written = ((kill + Math.random()) / KILLS) * WRITTEN;
    await killWhen(child, `${database}-wal`, written);
    const held = heldIn(database);
    if (held.users > 0) {
      expect(held).toEqual(whole);
      for (const end of ['', '-wal', '-shm']) await rm(database + end, { force: true });
    } else {
      expect(held.messages).toBe(0);
      halves.push(written);
    }
  }
  expect(halves.length).toBeGreaterThan(0);
  expect(await folder.runs(['import', 'all.jsonl'])).toEqual({
    code: 0,
    stdout: `Imported: users ${USERS}, messages ${MESSAGES}.\n`,
    stderr: '',
  });
  expect(heldIn(database)).toEqual(whole);
});

test('an import that does not fit on the disk says so, and leaves nothing', { timeout: 120_000 }, async () => {
  await using folder = await importFolder();
  const database = join(folder.path, 'chat.db');
  // The largest file size, in blocks of 512 bytes.
  const limited = ['-c', `trap '' XFSZ; ulimit -f 4000; exec "$@"`, 'sh', process.execPath, BIN, 'import', 'all.jsonl'];
  await expect(promisify(execFile)('sh', limited, { cwd: folder.path })).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^chatserv: The database \S+ rejected the import: [^\n]*\n$/),
  });
  expect(heldIn(database)).toEqual({ users: 0, messages: 0 });
  expect((await folder.runs(['import', 'all.jsonl'])).code).toBe(0);
  expect(heldIn(database)).toEqual({ users: USERS, messages: MESSAGES });
});
