import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Program, startProgram } from '../support/program.ts';

/** What `/health/ready` answers: the status, and what it says of the store. */
async function readiness(program: Program): Promise<[number, string]> {
  const [, where] = await program.prints(/^chatserv listens on http (\S+)$/m);
  const response = await fetch(`http://${where}/health/ready`);
  const { checks } = (await response.json()) as { checks: { store: string } };
  return [response.status, checks.store];
}

function limitFiles(program: Program, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(program.pid), `--fsize=${bytes}:`]);
}

const logSize = (program: Program) => statSync(join(program.folder, 'chat.db-wal')).size;

test('a server whose disk is full is not ready, and is again when there is room, without a message', async () => {
  await using program = await startProgram({}, { ignores: 'SIGXFSZ' });
  const alice = await program.joins('alice');
  expect(await readiness(program)).toEqual([200, 'well']);
  limitFiles(program, logSize(program) + 32 * 1024);
  const text = 'x'.repeat(2000);
  let answer = 'sent:';
  while (answer === 'sent:') answer = await alice.asks(`broadcast ${text}`);
  for (let i = 0; i < 2; i++)
    expect(await readiness(program)).toEqual([503, expect.stringContaining('could not be written')]);
  limitFiles(program, 'unlimited');
  expect(await readiness(program)).toEqual([200, 'well']);
  expect(await alice.asks('broadcast again')).toBe('sent:');
});

test('a server that nobody uses finds out by itself that it cannot write', async () => {
  await using program = await startProgram({}, { ignores: 'SIGXFSZ' });
  limitFiles(program, logSize(program));
  expect(await readiness(program)).toEqual([503, expect.stringContaining('could not be written')]);
  limitFiles(program, 'unlimited');
  expect(await readiness(program)).toEqual([200, 'well']);
});

test('a server whose database another program keeps locked is not ready until it lets go', async () => {
  await using program = await startProgram({ plugins: { sqlite: { file: 'chat.db', busyTimeout: 50 } } });
  expect(await readiness(program)).toEqual([200, 'well']);
  using other = new DatabaseSync(join(program.folder, 'chat.db'), { timeout: 5000 });
  other.exec('BEGIN IMMEDIATE');
  expect(await readiness(program)).toEqual([503, expect.stringContaining('locked')]);
  other.exec('ROLLBACK');
  expect(await readiness(program)).toEqual([200, 'well']);
});
