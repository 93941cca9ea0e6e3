import { execFileSync } from 'node:child_process';
import { copyFileSync, renameSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { makeProgram, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

/** The tests' database stands in a folder of its own, and the program comes to it over a link. */
const SQLITE = { file: 'link.db', busyTimeout: 5000 };

async function startLinked() {
  const program = await makeProgram({ plugins: { sqlite: SQLITE } });
  symlinkSync('chat.db', join(program.folder, 'link.db'));
  await program.start();
  return program;
}

describe('nothing is answered sent: from the moment on that', () => {
  const losses: Readonly<Record<string, (folder: string) => void>> = {
    'the database is removed': (folder) => rmSync(join(folder, 'chat.db')),
    'another file takes its place': (folder) => {
      copyFileSync(join(folder, 'chat.db'), join(folder, 'other.db'));
      renameSync(join(folder, 'other.db'), join(folder, 'chat.db'));
    },
    'it is emptied': (folder) => truncateSync(join(folder, 'chat.db')),
    'its write-ahead log is removed': (folder) => rmSync(join(folder, 'chat.db-wal')),
    'its write-ahead log is emptied': (folder) => truncateSync(join(folder, 'chat.db-wal')),
    'its index is removed': (folder) => rmSync(join(folder, 'chat.db-shm')),
    'the link to it leads elsewhere': (folder) => {
      copyFileSync(join(folder, 'chat.db'), join(folder, 'other.db'));
      rmSync(join(folder, 'link.db'));
      symlinkSync('other.db', join(folder, 'link.db'));
    },
    'its folder has another name': (folder) => renameSync(folder, `${folder}-moved`),
  };

  test.each(Object.entries(losses))('%s', MANY, async (_what, lose) => {
    await using program = await startLinked();
    const alice = await program.joins('alice');
    await program.registers('bob');
    expect(await alice.asks('message bob before')).toBe('sent:');
    lose(program.folder);
    expect(await alice.asks('message bob lost')).toBe('error:internal:message');
    expect(await alice.asks('broadcast lost')).toBe('error:internal:broadcast');
    expect(await alice.asks('who')).toBe('alice');
    await program.complains(/"event":"store-error",.*The file \S+ was \w+ while the server has the database open/);
    expect(program.stderr.match(/"event":"store-error"/g)).toHaveLength(1);
    await rename(`${program.folder}-moved`, program.folder).catch(() => {});
  });
});

test('it is noticed without a message, health says so, and a restart ends it', MANY, async () => {
  await using program = await startProgram();
  await program.joins('alice');
  await using folder = await Folder.with({});
  const health = () => folder.runs(['health', '--config', program.configFile]);
  expect(await health()).toMatchObject({ code: 0 });
  rmSync(join(program.folder, 'chat.db'));
  await program.complains(/"event":"store-error"/);
  expect(await health()).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^not ready\n.* {2}store +The file \S+chat\.db was removed/s),
  });
  await program.stop();
  await program.start();
  expect(await health()).toMatchObject({ code: 0 });
  await program.joins('alice');
});

test('what others may do with a database that is in use is no loss', MANY, async () => {
  await using program = await startProgram();
  const alice = await program.joins('alice');
  const database = join(program.folder, 'chat.db');
  await using folder = await Folder.with({});
  const filler = 'x'.repeat(2000);
  for (let i = 0; i < 50; i++) expect(await alice.asks(`broadcast ${filler}`)).toBe('sent:');
  const others: readonly (() => unknown)[] = [
    () => withDatabase(database, 'PRAGMA wal_checkpoint(TRUNCATE)'),
    () => withDatabase(database, 'DELETE FROM entry; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'),
    () => folder.runs(['backup', 'copy.db', '--config', program.configFile]),
    () => folder.runs(['user', 'add', 'bob', '--config', program.configFile], 'tea-at-four\n'),
    () => execFileSync('touch', [database, `${database}-wal`, `${database}-shm`]),
  ];
  for (const other of others) {
    await other();
    for (let i = 0; i < 3; i++) expect(await alice.asks(`broadcast ${filler}`)).toBe('sent:');
  }
  expect(program.stderr).toBe('');
});

function withDatabase(file: string, sql: string): void {
  using db = new DatabaseSync(file, { timeout: 5000 });
  for (const statement of sql.split('; ')) db.prepare(statement).all();
}
