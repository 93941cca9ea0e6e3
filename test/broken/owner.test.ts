import { link, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { type Program, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

/** Runs `chatserv` with a config of its own, whose store is this file. */
async function runWith(file: string, ...args: string[]) {
  const plugins = { tcp: { host: '127.0.0.1', port: 0 }, http: { port: 0 }, sqlite: { file } };
  // That a busy machine gave it no time is no warning to be logged.
  const config = JSON.stringify({ plugins, limits: { eventLoopStall: 30_000 } });
  await using folder = await Folder.with({ 'chatserv.config.json': config });
  return await folder.runs(args);
}

const database = (program: Program) => join(program.folder, 'chat.db');

test('a second server on one database is refused, and named who has it, by whatever path it comes', MANY, async () => {
  await using program = await startProgram();
  const links = await Folder.with({});
  await symlink(database(program), join(links.path, 'link.db'));
  await symlink(program.folder, join(links.path, 'folder'));
  for (const file of [database(program), join(links.path, 'link.db'), join(links.path, 'folder/chat.db')]) {
    expect(await runWith(file), file).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^chatserv: The plugin 'sqlite' could not be set up: The database ${database(program)} is in use by the chatserv process ${program.pid}: stop that process, or use another database\\.\n$`,
        ),
      ),
    });
  }
  // SQLite would keep what was said last beside each of its names.
  await link(database(program), join(links.path, 'twin.db'));
  for (const args of [[], ['user', 'list']]) {
    expect(await runWith(join(links.path, 'twin.db'), ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/twin\.db has a second name \(a hard link\)/),
    });
  }
  await links[Symbol.asyncDispose]();
  const alice = await program.joins('alice');
  expect(await alice.asks('broadcast still here')).toBe('sent:');
});

test('a server that was killed leaves nothing in the way of the next', MANY, async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  expect(await alice.asks('broadcast one')).toBe('sent:');
  for (let i = 0; i < 3; i++) {
    await program.kill();
    await program.start();
  }
  await program.returns('alice');
});

test('a reload keeps the database to itself, also when it opens it anew', MANY, async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  await symlink('chat.db', join(program.folder, 'link.db'));
  for (const sqlite of [{ file: 'chat.db', busyTimeout: 100 }, { file: 'link.db' }, { file: './chat.db' }]) {
    await program.configures({ plugins: { sqlite } });
    expect((await program.reloads()).result?.changed).toContainEqual({ name: 'sqlite', because: 'its options' });
    expect(await runWith(database(program))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is in use by'),
    });
    expect(await alice.asks('broadcast hi')).toBe('sent:');
  }
});

test('beside a server accounts are looked after, and what changes all of the store is refused', MANY, async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  await using folder = await Folder.with({});
  const run = (...args: string[]) => folder.runs([...args, '--config', program.configFile], 'tea-at-four\n');
  expect(await run('user', 'add', 'bob')).toMatchObject({ code: 0 });
  for (const args of [['export', 'all.jsonl'], ['backup', 'copy.db'], ['plugins'], ['check'], ['user', 'list']]) {
    expect(await run(...args), args.join(' ')).toMatchObject({ code: 0, stderr: '' });
  }
  // With a config of its own the command does not know of the server.
  expect(await runWith(database(program), 'import', join(folder.path, 'all.jsonl'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`is in use by the chatserv process ${program.pid}`),
  });
  expect(await alice.asks('message bob hi')).toBe('sent:');
  await (await program.returns('bob')).hears('alice', 'hi');
});

test('a command of a newer version leaves the schema of a running server alone', MANY, async () => {
  await using program = await startProgram();
  using db = new DatabaseSync(database(program), { timeout: 5000 });
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  db.exec(`PRAGMA user_version = ${version - 1}`);
  await using folder = await Folder.with({});
  expect(await folder.runs(['user', 'list', '--config', program.configFile])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is in use by'),
  });
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: version - 1 });
});

test('a damaged owner file is named, and a server may be started without it', MANY, async () => {
  await using program = await startProgram();
  await program.stop();
  await program.writes('chat.db-owner', 'Dear diary,\n'.repeat(100));
  await expect(program.start()).rejects.toThrow(/cannot be used while \S+chat\.db-owner is damaged: remove that file/);
});
