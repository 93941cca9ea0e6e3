import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';

test('a full disk: nothing is said to be sent that is not kept, and all is well when there is room again', async () => {
  await using program = await startProgram({}, { ignores: 'SIGXFSZ' });
  const alice = await program.joins('alice');
  await program.registers('bob');
  const limitFiles = (bytes: string) => execFileSync('prlimit', ['--pid', String(program.pid), `--fsize=${bytes}:`]);
  limitFiles(String(statSync(join(program.folder, 'chat.db-wal')).size + 64 * 1024));
  const text = 'x'.repeat(2000);
  let sent = 0;
  let answer = 'sent:';
  for (; answer === 'sent:'; sent++) answer = await alice.asks(`message bob ${sent} ${text}`);
  expect(answer).toBe('error:internal:message');
  expect(await alice.asks('who')).toBe('alice');
  // A broadcast is fewer pages: some may still fit.
  let broadcasts = 0;
  for (answer = 'sent:'; answer === 'sent:'; broadcasts++) answer = await alice.asks('broadcast hi');
  expect(answer).toBe('error:internal:broadcast');
  limitFiles('unlimited');
  await alice.asksUntil('message bob again', 'sent:');
  const bob = await program.returns('bob');
  for (let count = 0; count < sent - 1; count++) await bob.hears('alice', `${count} ${text}`);
  for (let count = 0; count < broadcasts - 1; count++) await bob.hears('alice', 'hi');
  await bob.hears('alice', 'again');
  await bob.seesNothing();
  await program.complains(/could not be written, and nothing of this was stored/);
  await program.kill();
  await program.start();
  const again = await program.returns('alice');
  await again.seesNothing();
});

test('a write that takes longer than a command may: an error, the others chat on, and what is kept after all arrives', async () => {
  await using program = await startProgram({
    limits: { handlerTime: 300 },
    plugins: { sqlite: { file: 'chat.db', busyTimeout: 10_000 } },
  });
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  const other = new DatabaseSync(join(program.folder, 'chat.db'), { timeout: 5000 });
  other.exec('BEGIN IMMEDIATE');
  await alice.says('message bob slow');
  expect(await bob.asks('who')).toBe('alice bob');
  await alice.sees('error:internal:message');
  expect(await alice.asks('whoelse')).toBe('bob');
  other.exec('ROLLBACK');
  other.close();
  await bob.hears('alice', 'slow');
  expect(await alice.asks('message bob fast')).toBe('sent:');
  await bob.hears('alice', 'fast');
});

test('a database that another program keeps locked: an error, nothing is kept, and then all is well', async () => {
  await using program = await startProgram({ plugins: { sqlite: { file: 'chat.db', busyTimeout: 100 } } });
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  const other = new DatabaseSync(join(program.folder, 'chat.db'), { timeout: 5000 });
  other.exec('BEGIN IMMEDIATE');
  expect(await alice.asks('message bob lost')).toBe('error:internal:message');
  other.exec('ROLLBACK');
  other.close();
  expect(await alice.asks('message bob kept')).toBe('sent:');
  await bob.hears('alice', 'kept');
  await bob.seesNothing();
});
