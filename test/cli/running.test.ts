import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

const GREETER = `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'greeter', summary: 'Greets', setup: () => ({}) });`;

test('a plugin that is broken since the server started keeps no command line from its work', {
  timeout: 60_000,
}, async () => {
  await using program = await startProgram({ plugins: { './greeter.ts': true } }, { files: { 'greeter.ts': GREETER } });
  await program.registers('alice');
  await program.writes('greeter.ts', 'export default {');
  await using folder = await Folder.with({});
  const runs = (...args: readonly string[]) => folder.runs([...args, '--config', program.configFile]);
  expect(await runs('health')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ready\n/) });
  expect(await runs('top')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^up \d+ s/), stderr: '' });
  expect(await runs('user', 'list')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^alice {2}created /) });
  expect(await runs('export')).toMatchObject({ code: 0, stdout: expect.stringContaining('"alice"') });
  expect(await runs('backup', 'copy.db')).toMatchObject({ code: 0, stderr: '' });
  // Whether it can be loaded is for the server to say, which goes on with what it has.
  expect(await runs('reload')).toMatchObject({ code: 2, stderr: expect.stringContaining("'./greeter.ts'") });
  expect(await runs('health')).toMatchObject({ code: 0 });
});

test('who came is noted also where the server is killed', { timeout: 60_000 }, async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  // What was kept came after the note.
  expect(await alice.asks('broadcast here I am')).toBe('sent:');
  await program.kill();
  await using folder = await Folder.with({});
  const { stdout } = await folder.runs(['user', 'list', '--config', program.configFile]);
  expect(stdout).toMatch(/^alice {2}created \S+ {2}last online \S+\n$/);
});

test('nothing is done in a store that ends with the command', async () => {
  const config = JSON.stringify({ plugins: { sqlite: false, memory: true } });
  await using folder = await Folder.with({ 'chatserv.config.json': config });
  const { code, stdout, stderr } = await folder.runs(['user', 'add', 'alice'], 'tea-at-four\n');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^chatserv: .* uses the store 'memory', which is lost when its process ends, .*\n$/);
});

test('the version is that of chatserv, in whatever package it is asked for', async () => {
  await using folder = await Folder.with({ 'package.json': '{"name":"mine","version":"9.9.9"}' });
  const { stdout } = await folder.runs(['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(stdout).not.toBe('9.9.9\n');
});
