import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 180_000 };

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

const CONFIG = JSON.stringify({ plugins: { sqlite: { file: 'chat.db' } } });

/** A folder with a store in which alice is registered, and which no server uses. */
async function folderWithStore(): Promise<Folder> {
  const folder = await Folder.with({ 'chatserv.config.json': CONFIG });
  expect((await folder.runs(['user', 'add', 'alice'], 'tea-at-four\n')).code).toBe(0);
  return folder;
}

test('what is not an earlier output stays as it is', MANY, async () => {
  await using folder = await folderWithStore();
  await using other = await folderWithStore();
  const at = (name: string) => join(folder.path, name);
  execFileSync('mkfifo', [at('fifo')]);
  mkdirSync(at('folder'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('chat.db', at('store-link'));
  writeFileSync(at('notes.txt'), 'precious');
  // A server has used it, and none does now.
  copyFileSync(join(other.path, 'chat.db'), at('other.db'));
  writeFileSync(at('other.db-owner'), '');
  const refusals: Readonly<Record<string, RegExp>> = {
    fifo: /fifo is not a regular file: name another one/,
    folder: /folder is not a regular file/,
    dangling: /dangling is a link to a file that does not exist/,
    'chat.db':
      /chat\.db exists and is not replaced: it (belongs to the database being copied|is not an archive of chatserv)/,
    'store-link': /store-link exists and is not replaced: it belongs to the database being copied/,
    'notes.txt': /notes\.txt exists and is not replaced: it is not an? (copy|archive) /,
    'chatserv.config.json': /config\.json exists and is not replaced/,
    'other.db': /other\.db exists and is not replaced: it is a database that is in use, or was/,
  };
  const before = stateOf(folder.path);
  const tries = Object.keys(refusals).map((name) => ['backup', name]);
  for (const [command = '', name = ''] of [
    ...tries,
    ['export', 'fifo'],
    ['export', 'chat.db'],
    ['export', 'notes.txt'],
  ]) {
    const { code, stderr } = await folder.runs([command, name]);
    const expected = { code: 2, stderr: expect.stringMatching(refusals[name] as RegExp) };
    expect({ code, stderr }, `${command} ${name}`).toEqual(expected);
  }
  expect(stateOf(folder.path)).toEqual(before);
});

/** What a folder holds: kinds and contents. Of the store, which each command opens for writing, there is the kind only. */
function stateOf(folder: string): Record<string, string> {
  const files = readdirSync(folder).map((name) => {
    const stats = lstatSync(join(folder, name));
    return [
      name,
      stats.isFile() && !name.startsWith('chat.db') ? readFileSync(join(folder, name), 'latin1') : String(stats.mode),
    ];
  });
  return Object.fromEntries(files);
}

test('a link stays a link, and what it leads to is the new output', MANY, async () => {
  await using folder = await folderWithStore();
  const at = (name: string) => join(folder.path, name);
  for (const [command, holds] of [
    ['backup', 'alice'],
    ['export', '"alice"'],
  ] as const) {
    // An earlier output may be empty, as one of mktemp is.
    writeFileSync(at(`${command}-1`), '');
    symlinkSync(`${command}-1`, at(`${command}-latest`));
    for (let time = 0; time < 2; time++) {
      expect(await folder.runs([command, `${command}-latest`])).toMatchObject({ code: 0, stderr: '' });
      expect(lstatSync(at(`${command}-latest`)).isSymbolicLink()).toBe(true);
      expect(readFileSync(at(`${command}-1`), 'latin1')).toContain(holds);
      expect(lstatSync(at(`${command}-1`)).mode & 0o777).toBe(0o600);
    }
  }
});

test('a name is never a URI, and never a database in memory', MANY, async () => {
  await using folder = await folderWithStore();
  for (const name of ['file:b.db', 'file:c.db?mode=memory', ':memory:', 'd%20.db']) {
    expect(await folder.runs(['backup', name]), name).toMatchObject({ code: 0, stderr: '' });
    using db = new DatabaseSync(join(folder.path, name), { readOnly: true });
    expect(db.prepare('SELECT name FROM accounts').all(), name).toEqual([{ name: 'alice' }]);
  }
  // The store's own name, too.
  await folder.writes('memory.json', JSON.stringify({ plugins: { sqlite: { file: ':memory:' } } }));
  expect((await folder.runs(['user', 'add', 'bob', '--config', 'memory.json'], 'tea-at-four\n')).code).toBe(0);
  expect((await folder.runs(['user', 'list', '--config', 'memory.json'])).stdout).toContain('bob');
});

test('nothing that was answered sent: is lost to a backup onto the database of the server', MANY, async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  await program.registers('bob');
  expect(await alice.asks('message bob before')).toBe('sent:');
  for (const command of ['backup', 'export']) {
    for (const name of ['chat.db', 'chat.db-wal']) {
      await using folder = await Folder.with({});
      const file = join(program.folder, name);
      expect(await folder.runs([command, file, '--config', program.configFile]), `${command} ${name}`).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/exists and is not replaced/),
      });
    }
  }
  expect(await alice.asks('message bob after')).toBe('sent:');
  await program.kill();
  await program.start();
  const bob = await program.returns('bob');
  for (const text of ['before', 'after']) await bob.hears('alice', text);
});

/** A store whose copies are never whole. */
const SLOW_STORE = `
import { writeFileSync } from 'node:fs';
import { Accounts, Backup, definePlugin } from 'chatserv';
export default definePlugin({
  name: 'slow', summary: 'Copies for ever', provides: { accounts: Accounts, backup: Backup },
  setup: () => ({ provide: {
    accounts: { list: async () => [{ id: 1, name: 'alice' }] },
    backup: { async copyTo(file) { writeFileSync(file, 'half'); console.log('begun'); await new Promise(() => {}); } },
  } }),
});
`;

test.each(['SIGINT', 'SIGTERM'] as const)('a copy that %s interrupts leaves no part of it', MANY, async (signal) => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { sqlite: false, './slow.ts': true } }),
    'slow.ts': SLOW_STORE,
  });
  const files = () => readdirSync(folder.path).sort();
  const before = files();
  const child = spawn(process.execPath, [BIN, 'backup', 'copy'], { cwd: folder.path, stdio: ['ignore', 'pipe', 2] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  expect(files().length).toBe(before.length + 1);
  child.kill(signal);
  const [code] = await once(child, 'close');
  expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(files()).toEqual(before);
});
