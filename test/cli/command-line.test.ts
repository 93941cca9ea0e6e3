import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { PASSWORD, startProgram } from '../support/program.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

test('the command line explains itself', async () => {
  await using folder = await Folder.with({});
  const { code, stdout } = await folder.runs(['--help']);
  expect(code).toBe(0);
  for (const word of ['plugins', 'check', 'user', '--config']) expect(stdout).toContain(word);
  expect((await folder.runs(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
});

test.each<[string[], string]>([
  [['--konfig', 'x'], "Unknown option '--konfig'. Did you mean '--config'?"],
  [['conect'], "Unknown command 'conect'. Did you mean 'connect'?"],
  [['conect', '--tls'], "Unknown command 'conect'. Did you mean 'connect'?"],
  [['user', 'ad', 'x'], "Unknown command 'ad'. Did you mean 'add'?"],
  [['xyzzy'], "Unknown command 'xyzzy'."],
  [['new'], 'Name a command: plugin.'],
  [['help', 'me'], "Unknown command 'help'."],
  [['--config'], '--config needs a value.'],
  [['--config', 'a', 'user', 'list', '--config', 'b'], '--config is given twice.'],
  [['--watch', '--watch'], '--watch is given twice.'],
  [['--no-config'], "Unknown option '--no-config'. Did you mean '--config'?"],
  [['connect', '--tls=maybe'], "Unknown option '--tls=maybe'. If it is a name, put -- before it: -- --tls=maybe."],
  [['check', '--watch'], "Unknown option '--watch'."],
  [['user', 'remove'], 'The name is missing.'],
  [['user', 'remove', 'a', 'b'], "Too many arguments: 'b' is not expected."],
  [['user', 'remove', '-zoe'], "Unknown option '-zoe'. If it is a name, put -- before it: -- -zoe."],
  [['backup', ''], 'A name or file name is empty.'],
  [['top', '--every', 'soon'], "--every must be more than 0, at most 86400, not 'soon'."],
  [['top', '--times=-1'], "--times must be a whole number, not '-1'."],
  [['--processes', '0'], "--processes must be auto, or a whole number from 1 to 256, not '0'."],
  [['--processes', 'all'], "--processes must be auto, or a whole number from 1 to 256, not 'all'."],
  [['--processes', '2', '--watch'], '--watch works with one process only: leave out --processes.'],
])('%j is answered with a sentence', async (args, sentence) => {
  await using folder = await Folder.with({});
  expect(await folder.runs(args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `chatserv: ${sentence} See chatserv --help.\n`,
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test('whatever language the environment asks for, errors are in one', async () => {
  await using folder = await Folder.with({});
  const { stderr } = await folder.runs(['--konfig'], '', { LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' });
  expect(stderr).toBe("chatserv: Unknown option '--konfig'. Did you mean '--config'? See chatserv --help.\n");
});

test('in a folder that is gone a sentence says so', async () => {
  await using folder = await Folder.with({});
  const gone = ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', 'sh', process.execPath, BIN, 'check'];
  await expect(promisify(execFile)('sh', gone, { cwd: folder.path })).rejects.toMatchObject({
    code: 2,
    stderr: 'chatserv: The current folder no longer exists: change to another.\n',
  });
});

test('an escape sequence that was typed is spelt out', async () => {
  await using folder = await Folder.with({});
  expect((await folder.runs(['x\u001b[2J\ny'])).stderr).toBe(
    "chatserv: Unknown command 'x\\u{1b}[2J y'. See chatserv --help.\n",
  );
});

describe('a name is what was typed', () => {
  const ODD = ['1e3', '0x10', '5.', '-5', '-zoe', '--config'];

  test('of a user', MANY, async () => {
    await using folder = await Folder.with({});
    for (const name of ODD) {
      expect(await folder.runs(['user', 'add', '--', name], 'tea-at-four\n')).toMatchObject({ code: 0, stderr: '' });
    }
    const names = async () =>
      (await folder.runs(['user', 'list'])).stdout.split('\n').map((line) => line.split('  ')[0]);
    expect(await names()).toEqual([...ODD, '']);
    expect(await folder.runs(['user', 'role', '--', '-zoe', 'dj', 'true'])).toMatchObject({
      stdout: '-zoe has the roles dj, true.\n',
    });
    expect((await folder.runs(['user', 'remove', '1000'])).stderr).toBe("chatserv: There is no user '1000'.\n");
    for (const name of ODD) expect((await folder.runs(['user', 'remove', '--', name])).code).toBe(0);
    expect(await names()).toEqual(['']);
  });

  test('of a file', async () => {
    await using folder = await Folder.with({});
    expect((await folder.runs(['user', 'add', 'alice'], 'tea-at-four\n')).code).toBe(0);
    expect((await folder.runs(['backup', '2026.10'])).stdout).toBe('Copied the store to 2026.10.\n');
    expect((await folder.runs(['export', '1e3'])).stdout).toBe('Wrote accounts and log to 1e3.\n');
    expect(await readdir(folder.path)).toEqual(['1e3', '2026.10', 'data']);
  });

  test('of whom to connect as', async () => {
    await using program = await startProgram();
    await program.registers('1e3', '1000');
    await using folder = await Folder.with({ password: PASSWORD });
    const address = `1e3@${program.host}:${program.port}`;
    const { stdout } = await folder.runs(['connect', address, '--password-file', 'password'], 'who\n');
    expect(stdout).toBe('1e3\n');
  });
});
