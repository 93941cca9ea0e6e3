import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { type Program, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

const runs = (program: Program, folder: Folder, ...words: string[]) =>
  folder.runs([...words, '--config', program.configFile]);

test('a message that was deleted after the backup stays deleted', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram();
  await program.registers('bob');
  const alice = await program.joins('alice');
  await alice.says('message bob secret', 'message bob fine', 'message bob good');
  await alice.seesInOrder('sent:', 'sent:', 'sent:');
  expect((await runs(program, folder, 'backup', 'copy.db')).code).toBe(0);
  expect(await alice.asks('delete 1')).toBe('deleted:1');
  expect(await alice.asks('message bob later')).toBe('sent:');

  const refused = await runs(program, folder, 'restore', 'copy.db');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^chatserv: The database \S+chat\.db is in use by the chatserv process \d+: stop/);

  await program.stop();
  const database = join(program.folder, 'chat.db');
  const copy = join(folder.path, 'copy.db');
  expect(await runs(program, folder, 'restore', 'copy.db')).toEqual({
    code: 0,
    stdout: [
      `Restored ${copy} to ${database}.`,
      `The replaced database is kept as ${database}.before-restore.`,
      'Texts removed again because they were deleted after the backup: 1.',
      '',
    ].join('\n'),
    stderr: '',
  });
  await program.start();
  const bob = await program.connectJson();
  await bob.logsIn('bob', 'tea-at-four');
  await bob.sees({ type: 'message', id: 2, text: 'fine' });
  await bob.sees({ type: 'message', id: 3, text: 'good' });
  await bob.sees({ type: 'entry', kind: 'redaction', of: 1 });
  const back = await program.returns('alice');
  expect(await back.asks('message bob again')).toBe('sent:');
  // Ids go on after those of the replaced database.
  const again = await bob.sees({ type: 'message', text: 'again' });
  expect('id' in again && again.id).toBeGreaterThan(5);
});

test('a backup moves to another machine with its redactions', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram();
  await program.registers('bob');
  const alice = await program.joins('alice');
  await alice.says('message bob secret');
  await alice.sees('sent:');
  await runs(program, folder, 'backup', 'copy.db');
  await alice.says('delete 1');
  await alice.sees('deleted:1');
  await copyFile(join(program.folder, 'chat.db-redactions.jsonl'), join(folder.path, 'redactions.jsonl'));
  const missing = await folder.runs(['restore', 'copy.db', '--redactions', 'nothing.jsonl']);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing.jsonl does not exist') });
  const moved = await folder.runs(['restore', 'copy.db', '--redactions', 'redactions.jsonl']);
  expect(moved).toMatchObject({ code: 0, stderr: '' });
  expect(moved.stdout).toMatch(/^Restored .+\nTexts removed again because they were deleted after the backup: 1\.\n$/);
  expect((await folder.runs(['export'])).stdout).not.toContain('secret');
});

test('a config whose store cannot restore says so', MANY, async () => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { sqlite: false, memory: true } }),
  });
  expect(await folder.runs(['restore', 'copy.db'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^chatserv: No plugin in \S+ can restore a backup: switch on a store that can/),
  });
});
