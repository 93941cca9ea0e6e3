import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { type Program, startProgram } from '../support/program.ts';

/** The files of a folder, and of those in it, in which a text is found. */
async function filesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return files.filter((_, i) => contents[i]?.includes(text));
}

async function says(program: Program, ...lines: readonly string[]): Promise<string[]> {
  const alice = await program.returns('alice');
  const answers: string[] = [];
  for (const line of lines) answers.push(await alice.asks(line));
  await alice.closes();
  return answers;
}

test('a deleted message is in no file, no later backup, no export and no history', { timeout: 120_000 }, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram({ plugins: { history: { announce: false } } });
  await program.registers('bob', 'alice');
  const config = ['--config', program.configFile];
  expect(
    await says(program, 'create #lab', 'message #lab it was xyzzy-first', 'edit last it was xyzzy-second'),
  ).toEqual(['created:#lab', 'sent:', 'edited:3']);
  expect(await filesWith('xyzzy', program.folder)).not.toEqual([]);
  expect(await says(program, 'delete 3', 'message #lab still here')).toEqual(['deleted:3', 'sent:']);
  expect((await folder.runs(['backup', 'copy.db', ...config])).code).toBe(0);
  expect(await filesWith('xyzzy', folder.path)).toEqual([]);
  expect(await filesWith('still here', folder.path)).toHaveLength(1);
  const { stdout } = await folder.runs(['export', ...config]);
  expect(stdout).toContain('still here');
  expect(stdout).not.toContain('xyzzy');
  const alice = await program.returns('alice');
  await alice.says('history #lab');
  const lines: string[] = [];
  while (lines.at(-1) !== 'end:history') lines.push(await alice.next());
  expect(lines.join('\n')).toMatch(/still here/);
  expect(lines.join('\n')).not.toMatch(/xyzzy/);
  await program.stop();
  expect(await filesWith('xyzzy', program.folder)).toEqual([]);
});
