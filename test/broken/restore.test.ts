import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** How often a restore is killed. */
const KILLS = 8;

/** How many messages are in the backup, and how many follow it. */
const MESSAGES = 10_000;
const LATER = 5_000;

/** An archive of many messages. */
function archive(messages: number): string {
  const lines: object[] = [{ type: 'archive', version: 1, account: 1, message: messages }];
  const place = { created: 1, seen: 0, since: 0, cursor: 0, handed: 0 };
  lines.push({ type: 'account', id: 1, name: 'alice', hash: 'x', ...place });
  for (let id = 1; id <= messages; id++) {
    const posted = { sender: 1, from: 'alice', audience: 'everyone', time: 1 };
    lines.push({ type: 'message', id, ...posted, text: `${id} ${'x'.repeat(200)}` });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** How many messages are in a database, which must be sound. */
function countIn(file: string): number {
  using db = new DatabaseSync(file);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  return Number(db.prepare('SELECT count(*) AS n FROM entry').get()?.n);
}

test(`a restore that is killed ${KILLS} times leaves the old database or the backup`, {
  timeout: 300_000,
}, async () => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { sqlite: { file: 'chat.db' } } }),
    'backup.json': JSON.stringify({ plugins: { sqlite: { file: 'backup.db' } } }),
    'small.jsonl': archive(MESSAGES),
    'large.jsonl': archive(MESSAGES + LATER),
  });
  const path = (name: string) => join(folder.path, name);
  expect((await folder.runs(['import', 'small.jsonl', '--config', 'backup.json'])).code).toBe(0);
  expect((await folder.runs(['import', 'large.jsonl'])).code).toBe(0);
  await copyFile(path('chat.db'), path('original.db'));
  const restores = () => spawn(process.execPath, [BIN, 'restore', 'backup.db'], { cwd: folder.path, stdio: 'ignore' });
  const whole = performance.now();
  await once(restores(), 'close');
  const time = performance.now() - whole;
  expect(countIn(path('chat.db'))).toBe(MESSAGES);
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    for (const end of ['', '-wal', '-shm']) await rm(path(`chat.db${end}`), { force: true });
    await copyFile(path('original.db'), path('chat.db'));
    const child = restores();
    const ended = once(child, 'close');
    // At a random moment in each of equal parts. The moment is what varies: no event is awaited.
    await Promise.race([ended, after(((kill + Math.random()) / KILLS) * time)]);
    if (child.exitCode === null) killed++;
    child.kill('SIGKILL');
    await ended;
    expect([MESSAGES, MESSAGES + LATER]).toContain(countIn(path('chat.db')));
  }
  expect(killed).toBeGreaterThan(0);
  expect(await folder.runs(['restore', 'backup.db'])).toMatchObject({ code: 0, stderr: '' });
  expect(countIn(path('chat.db'))).toBe(MESSAGES);
});
