import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KINDS } from '../../src/cli/new.ts';
import { Folder } from '../support/command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

test('a folder for a plugin is made once, under a name that can be one', async () => {
  await using folder = await Folder.with({});
  expect(await folder.runs(['new', 'plugin', 'word-filter', '--kind', 'hook'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^Created chatserv-plugin-word-filter\. Next:\n\n {2}npm run build --prefix \S+ +builds chatserv\n {2}cd chatserv-plugin-word-filter\n {2}npm install\n {2}npm test +runs plugin\.test\.ts\n {2}npm start +serves .*\n\nThe guide for plugins: \S+plugins\.md\n$/,
    ),
  });
  const made = JSON.parse(await readFile(join(folder.path, 'chatserv-plugin-word-filter/package.json'), 'utf8'));
  expect(made).toMatchObject({
    name: 'chatserv-plugin-word-filter',
    peerDependencies: { chatserv: `^${version}` },
    devDependencies: { chatserv: `file:${relative(join(folder.path, 'chatserv-plugin-word-filter'), ROOT)}` },
  });
  expect(await folder.runs(['new', 'plugin', 'word-filter'])).toMatchObject({
    code: 2,
    stderr: 'chatserv: The folder chatserv-plugin-word-filter already exists.\n',
  });
  expect((await folder.runs(['new', 'plugin', 'Word Filter'])).stderr).toMatch(/^chatserv: 'Word Filter' cannot be/);
  expect((await folder.runs(['new', 'plugin', 'x', '--kind', 'y'])).stderr).toMatch(
    /command.*hook.*service.*transport/,
  );
  expect((await folder.runs(['new'])).stderr).toMatch(/^chatserv: Name a command: plugin\. See chatserv --help\.\n$/);
  const list = await folder.runs(['plugins', '--config', 'chatserv-plugin-word-filter/chatserv.config.ts']);
  expect(list.stdout).toMatch(/^word-filter: on/m);
});

test('a plugin of each kind can be begun, with files of its own in the place of those that all have', async () => {
  await using folder = await Folder.with({});
  for (const kind of KINDS) {
    expect(await folder.runs(['new', 'plugin', `my-${kind}`, '--kind', kind])).toMatchObject({ code: 0, stderr: '' });
  }
  const config = await readFile(join(folder.path, 'chatserv-plugin-my-store/chatserv.config.ts'), 'utf8');
  expect(config).toContain('sqlite: false');
});
