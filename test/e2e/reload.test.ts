import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

/** A command that says a word of another file, at once or when the file `go` is there. */
const SAY = `
import { existsSync } from 'node:fs';
import { defineCommand } from 'chatserv';
import { word } from './word.ts';

export default defineCommand({
  name: 'say',
  usage: 'say [later]',
  summary: 'Says a word',
  async run({ session, args }) {
    if (args[0] === 'ask') return (await session.ask('what')) + word;
    return word;
  },
});
`;

const plugins = { './say.ts': true };
const files = { 'say.ts': SAY, 'word.ts': "export const word = 'one';" };

test('what an edited plugin imports is new after a reload, and nobody is dropped', async () => {
  await using program = await startProgram({ plugins }, { files });
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  expect(await alice.asks('say')).toBe('one');
  expect(await bob.asks('say ask')).toBe('what');
  expect((await program.reloads()).result).toMatchObject({ added: [], removed: [], changed: [] });
  await program.writes('word.ts', "export const word = 'two';");
  expect((await program.reloads()).result).toMatchObject({
    added: [],
    removed: [],
    changed: [{ name: 'say', because: 'its code' }],
    kept: expect.arrayContaining(['tcp', 'sqlite', 'password']),
  });
  expect(await alice.asks('say')).toBe('two');
  // The conversation that was under way ends with the plugin that it began with.
  expect(await bob.asks('it is ')).toBe('it is one');
  expect(await bob.asks('say')).toBe('two');
  expect(await alice.asks('message bob still here')).toBe('sent:');
  await bob.hears('alice', 'still here');
});

test('a reload that fails says why, and all is as it was', async () => {
  await using program = await startProgram({ plugins }, { files });
  const alice = await program.joins('alice');
  await program.writes('word.ts', 'export const word = ;');
  expect((await program.reloads()).errors?.[0]).toMatch(
    /^The plugin '\.\/say\.ts' in .* could not be loaded: .*word\.ts/,
  );
  expect(await alice.asks('say')).toBe('one');
  await program.writes('word.ts', "throw new Error('no word'); export const word = 1;");
  expect((await program.reloads()).errors?.[0]).toMatch(/could not be loaded: no word/);
  await program.writes('word.ts', "export const word = 'two';");
  await program.configures({ plugins: { ...plugins, lockout: { attempts: 'many' }, sqlite: false } });
  expect((await program.reloads()).errors?.join()).toMatch(/plugins\.lockout\.attempts is "many"/);
  // Another program has the port: the start of what is new fails, after the set-up of all.
  await using other = await startProgram();
  await program.configures({ plugins: { ...plugins, help: false, tcp: { host: '127.0.0.1', port: other.port } } });
  expect((await program.reloads()).errors?.[0]).toMatch(
    /^The plugin 'tcp' could not start: another program, perhaps another chatserv, is already listening on 127/,
  );
  await alice.says('help say');
  await alice.seesInOrder(/^say/, 'end:help');
  expect(await alice.asks('say')).toBe('one');
  await program.joins('bob');
  await program.configures({ plugins });
  expect((await program.reloads()).result?.changed).toEqual([{ name: 'say', because: 'its code' }]);
  expect(await alice.asks('say')).toBe('two');
});

test('a listener moves to another port, and those who came over the old one stay', async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  const old = program.port;
  await program.configures({ plugins: { tcp: { host: '127.0.0.2', port: 0 } } });
  program.signals('SIGHUP');
  await program.prints(/^chatserv reloaded: changed tcp \(its options\); \d+ plugins kept$/m);
  expect(program.host).toBe('127.0.0.2');
  const bob = await program.joins('bob');
  expect(await alice.asks('whoelse')).toBe('bob');
  await bob.logsOut();
  const { promise: refused, resolve } = Promise.withResolvers<unknown>();
  connect(old, '127.0.0.1').once('error', resolve);
  expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
});

test('plugins are switched off and on while people are online, and what one keeps it still has', async () => {
  await using program = await startProgram({ plugins: { lockout: { attempts: 2, lockoutDuration: 60 } } });
  await program.registers('bob');
  const alice = await program.joins('alice');
  const guesser = await program.connect();
  await guesser.says('bob', 'wrong');
  await guesser.seesInOrder('password', 'password');
  await program.configures({ plugins: { lockout: { attempts: 2, lockoutDuration: 30 }, whoelse: false } });
  expect((await program.reloads()).result).toMatchObject({
    removed: ['whoelse'],
    changed: [
      { name: 'lockout', because: 'its options' },
      { name: 'admin', because: 'a service that it uses' },
    ],
  });
  expect(await alice.asks('whoelse')).toBe('error:command:whoelse');
  // The guess before the reload counts.
  await guesser.says('wrong again');
  await guesser.sees(/^30$|blocked/);
  await program.configures({});
  expect((await program.reloads()).result).toMatchObject({ added: ['whoelse'] });
  expect(await alice.asks('whoelse')).toBe('');
});

test('limits take effect, and what a connection was made with it keeps', async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  await program.configures({ limits: { lineBytes: 64 } });
  await program.reloads();
  const bob = await program.joins('bob');
  const long = `message alice ${'x'.repeat(80)}`;
  expect(await bob.asks(long)).toBe('error:line:too-long');
  expect(await alice.asks(long.replace('alice', 'bob'))).toBe('sent:');
});

test('a file in the place of the control socket is left alone', async () => {
  await using program = await startProgram();
  await program.stop();
  await program.writes('data/notes', 'precious');
  await program.configures({ plugins: { control: { socket: 'data/notes' } } });
  await expect(program.start()).rejects.toThrow(/data\/notes exists and is not a socket: set the option socket/);
  expect(readFileSync(join(program.folder, 'data/notes'), 'utf8')).toBe('precious');
});

test('the command line asks the server that runs, and says when none does', async () => {
  await using program = await startProgram({ plugins }, { files });
  await using folder = await Folder.with({});
  const reload = () => folder.runs(['reload', '--config', program.configFile]);
  expect(await reload()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^chatserv reloaded: nothing has changed; \d+ plugins kept\n$/),
  });
  await program.writes('word.ts', 'export const');
  expect(await reload()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^chatserv: The plugin '\.\/say\.ts'/),
  });
  await program.writes('word.ts', "export const word = 'two';");
  await program.stop();
  expect(await reload()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^chatserv: No server answers at .*chatserv\.sock/),
  });
});

test('with --watch an edit is enough', async () => {
  await using program = await startProgram({ plugins }, { files, args: ['--watch'] });
  const alice = await program.joins('alice');
  await program.writes('word.ts', "export const word = 'two';");
  await program.prints(/^chatserv reloaded: changed say/m);
  expect(await alice.asks('say')).toBe('two');
  await program.configures({ plugins: { ...plugins, help: false } });
  await program.prints(/^chatserv reloaded: removed help/m);
});

/** Tells how much is in use that is not garbage, in KB. */
const USED = `
import { defineCommand } from 'chatserv';

export default defineCommand({
  name: 'used',
  summary: 'Tells the memory in use',
  async run() {
    for (let i = 0; i < 4; i++) {
      await new Promise(setImmediate);
      globalThis.gc();
    }
    return String(Math.round(process.memoryUsage().heapUsed / 1024));
  },
});
`;

test('300 reloads leave nothing behind but the edited modules', { timeout: 240_000 }, async () => {
  await using program = await startProgram(
    { plugins: { ...plugins, './used.ts': true } },
    { files: { ...files, 'used.ts': USED }, env: { NODE_OPTIONS: '--expose-gc' } },
  );
  const alice = await program.joins('alice');
  const measure = async () => ({
    used: Number(await alice.asks('used')),
    files: readdirSync(`/proc/${program.pid}/fd`).length,
  });
  for (let count = 0; count < 50; count++) await program.reloads();
  const before = await measure();
  for (let count = 0; count < 150; count++) expect((await program.reloads()).result?.changed).toEqual([]);
  const between = await measure();
  for (let count = 0; count < 150; count++) {
    await program.writes('word.ts', `export const word = 'edit ${count}';`);
    expect((await program.reloads()).result?.changed).toEqual([{ name: 'say', because: 'its code' }]);
  }
  const after = await measure();
  expect(await alice.asks('say')).toBe('edit 149');
  expect(after.files).toBeLessThanOrEqual(before.files + 2);
  // A reload that changes nothing costs nothing for long, an edit the modules that it makes anew.
  expect((between.used - before.used) / 150).toBeLessThan(2);
  expect((after.used - between.used) / 150).toBeLessThan(50);
});
