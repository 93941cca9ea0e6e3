import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProgram } from '../support/program.ts';

const dice = (text: string) => `import { defineCommand } from 'chatserv';
export default defineCommand({ name: 'roll', summary: 'Throws a die', run: () => '${text}' });`;

/** Starts a program that watches its files. @param make makes them, in its folder, before it starts again */
async function watching(
  plugins: Readonly<Record<string, unknown>>,
  make: (path: (name: string) => string) => Promise<void>,
) {
  const program = await makeProgram({ plugins }, { args: ['--watch'] });
  const path = (name: string) => join(program.folder, name);
  await make(path);
  await program.start();
  return { program, path, alice: await program.joins('alice') };
}

/** Replaces a file in one step, as many editors do. */
async function replaces(file: string, text: string): Promise<void> {
  await writeFile(`${file}~`, text);
  await rename(`${file}~`, file);
}

/** Turns a link to something else, in one step. */
async function turns(link: string, to: string): Promise<void> {
  await symlink(to, `${link}~`);
  await rename(`${link}~`, link);
}

test('an edit of what a link leads to, and a link that is turned', async () => {
  const { program, path, alice } = await watching({ './cur/dice.ts': true }, async (path) => {
    for (const folder of ['v1', 'v2', 'real']) await mkdir(path(folder));
    await writeFile(path('v1/dice.ts'), dice('one'));
    await writeFile(path('v2/dice.ts'), `export { default } from './lib/dice.ts';`);
    await mkdir(path('real/lib'));
    await writeFile(path('real/lib/dice.ts'), dice('two'));
    await symlink('../real/lib', path('v2/lib'));
    await symlink('v1', path('cur'));
  });
  await using _ends = program;
  expect(await alice.asks('roll')).toBe('one');
  await turns(path('cur'), 'v2');
  await alice.asksUntil('roll', 'two');
  await replaces(path('real/lib/dice.ts'), dice('three'));
  await alice.asksUntil('roll', 'three');
  await turns(path('cur'), 'v1');
  await alice.asksUntil('roll', 'one');
});

test('a config as Kubernetes mounts it: a link over a folder that is turned', async () => {
  await using program = await makeProgram({}, { args: ['--watch'] });
  const path = (name: string) => join(program.folder, name);
  for (const folder of ['..1', '..2']) await mkdir(path(folder));
  await rename(program.configFile, path('..1/chatserv.config.json'));
  await program.configures({ plugins: { whoelse: false } });
  await rename(program.configFile, path('..2/chatserv.config.json'));
  await symlink('..1', path('..data'));
  await symlink('..data/chatserv.config.json', program.configFile);
  await program.start();
  const alice = await program.joins('alice');
  expect(await alice.asks('whoelse')).toBe('');
  await turns(path('..data'), '..2');
  await alice.asksUntil('whoelse', 'error:command:whoelse');
});

test('a folder that is removed and made anew, and files that come and go', async () => {
  const { program, path, alice } = await watching({ './plugins/dice': true }, async (path) => {
    await mkdir(path('plugins/dice'), { recursive: true });
    await writeFile(path('plugins/dice/index.ts'), dice('one'));
  });
  await using _ends = program;
  await rm(path('plugins'), { recursive: true });
  await program.complains(/not reloaded: The plugin '\.\/plugins\/dice' .* does not exist/);
  await mkdir(path('plugins/dice'), { recursive: true });
  await writeFile(path('plugins/dice/index.ts'), `export { default } from './throw.ts';`);
  await program.complains(/not reloaded: .*throw\.ts/);
  expect(await alice.asks('roll')).toBe('one');
  await writeFile(path('plugins/dice/throw.ts'), dice('two'));
  await alice.asksUntil('roll', 'two');
  await writeFile(path('plugins/dice/throw.ts'), dice('three'));
  await alice.asksUntil('roll', 'three');
});

test('it takes none of the watches that the system has', async () => {
  const { program } = await watching({}, async () => {});
  await using _ends = program;
  const folder = `/proc/${program.pid}/fd`;
  const open = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(join(folder, fd));
    } catch {
      return 'closed meanwhile';
    }
  });
  expect(open.filter((file) => file.includes('inotify'))).toEqual([]);
});
