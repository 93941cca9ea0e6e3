import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findConfig } from '../../src/config/find.ts';
import { Folder } from '../support/command-line.ts';

const PLUGIN = `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'x', summary: 'Does nothing', setup: () => ({}) });`;

describe('a config is found and read', () => {
  const none = { standard: false, plugins: { who: true } };
  const forms: Readonly<Record<string, string>> = {
    'chatserv.config.ts': `import { defineConfig } from 'chatserv';\nexport default defineConfig(${JSON.stringify(none)});`,
    'chatserv.config.js': `export default ${JSON.stringify(none)};`,
    'chatserv.config.mjs': `export default ${JSON.stringify(none)};`,
    'chatserv.config.json': JSON.stringify(none),
    'chatserv.config.yaml': 'standard: false\nplugins:\n  who: true\n',
    '.chatservrc': 'standard: false\nplugins: { who: true }\n',
    'package.json': JSON.stringify({ name: 'mine', chatserv: none }),
  };
  test.each(Object.keys(forms))('as %s', async (file) => {
    await using folder = await Folder.with({ [file]: forms[file] ?? '' });
    const { code, stdout, stderr } = await folder.runs(['check']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`${file.replaceAll('.', '\\.')} is valid: 5 plugins are on\\.\n$`));
  });

  test('by its name, from another folder', async () => {
    await using folder = await Folder.with({});
    await using other = await Folder.with({
      'my.json': JSON.stringify({ plugins: { './x.ts': true } }),
      'x.ts': PLUGIN,
    });
    expect(await folder.runs(['check', '--config', `${other.path}/my.json`])).toMatchObject({ code: 0, stderr: '' });
  });

  test('and without one the standard set is checked', async () => {
    await using folder = await Folder.with({});
    const { code, stdout } = await folder.runs(['check']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^the standard config is valid: \d+ plugins are on\.\n$/);
  });
});

describe('a file that says nothing, or cannot be read, is no empty config', () => {
  test.each<[string, string, string]>([
    [
      'x.ts',
      'export const config = { plugins: { registration: false } };',
      "x.ts exports no default: begin with 'export default defineConfig({'.",
    ],
    ['x.js', '', "x.js exports no default: begin with 'export default defineConfig({'."],
    ['x.yaml', '', 'x.yaml is empty: write {} for the standard set as it is.'],
    ['x.yaml', '# plugins: {}\n', 'x.yaml is empty: write {} for the standard set as it is.'],
    ['x.json', 'null', 'x.json is empty: write {} for the standard set as it is.'],
    ['package.json', '{}', "package.json has no key 'chatserv': put the config there."],
    [
      'x.yaml',
      'plugins:\n  tcp: {\n  who: [\n',
      'The config PLACEx.yaml cannot be read: deficient indentation (line 3 column 3)',
    ],
    [
      'x.json',
      '{ "plugins" 3 }',
      "The config PLACEx.json cannot be read: Expected ':' after property name in JSON at position 12 (line 1 column 13)",
    ],
  ])('%s with %j', async (file, text, sentence) => {
    await using folder = await Folder.with({ [file]: text });
    await expect(findConfig(file, folder.path)).rejects.toThrow(
      sentence.replace(/PLACE|^(?=\S+ (?:is empty|exports|has))/, `${folder.path}/`),
    );
  });

  test('also where it is looked for', async () => {
    await using folder = await Folder.with({ 'chatserv.config.yaml': '' });
    await expect(findConfig(undefined, folder.path)).rejects.toThrow('chatserv.config.yaml is empty');
    await mkdir(join(folder.path, 'chatserv.config.ts'));
    await expect(findConfig(undefined, folder.path)).rejects.toThrow(
      /chatserv\.config\.ts is a folder: name the file in it\./,
    );
  });

  test('but a package.json may be about something else', async () => {
    await using folder = await Folder.with({ 'package.json': '{}' });
    expect(await findConfig(undefined, folder.path)).toMatchObject({ value: {}, name: 'the standard config' });
  });
});

/** Files that are none of chatserv's: settings of other programs, broken or doing something when they are run. */
const STRANGE: Readonly<Record<string, string>> = {
  'package.json': '{',
  'package.yaml': 'a: [',
  '.config/config.json': '{ // mine',
  '.config/config.js': "require('node:fs').writeFileSync('ran', ''); module.exports = {};",
  '.config/config.ts': "import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');",
  '.config/chatserv.config.ts': "import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');",
  'config.js': "require('node:fs').writeFileSync('ran', '');",
  'tsconfig.json': '{',
  '.env': 'LOG_LEVEL=loud',
  '.npmrc': '[',
  '.yargsrc': '{',
  '.node-options': '--require ./config.js',
  'node_modules/js-yaml/index.js': "require('node:fs').writeFileSync('ran', '');",
};

describe('files of other programs in the current folder', () => {
  async function strangeFolder(leftOut: readonly string[] = []): Promise<Folder> {
    const folder = await Folder.with({});
    for (const [name, text] of Object.entries(STRANGE)) {
      if (leftOut.includes(name)) continue;
      await mkdir(join(folder.path, name, '..'), { recursive: true });
      await folder.writes(name, text);
    }
    return folder;
  }

  test.each(['check', 'plugins', 'health'])('are neither read nor run by %s with --config', async (command) => {
    await using folder = await strangeFolder();
    await using other = await Folder.with({ 'my.yaml': 'plugins: { registration: false }' });
    const { code, stderr } = await folder.runs([command, '--config', join(other.path, 'my.yaml')]);
    expect({ code, stderr }).toEqual(
      command === 'health'
        ? { code: 2, stderr: expect.stringMatching(/^chatserv: No server answers at [^\n]*\n$/) }
        : { code: 0, stderr: '' },
    );
    expect(await readdir(folder.path)).not.toContain('ran');
  });

  test('are neither read nor run where a config of chatserv is found', async () => {
    await using folder = await strangeFolder();
    await folder.writes('chatserv.config.json', '{ "plugins": { "registration": false } }');
    expect(await folder.runs(['check'])).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(folder.path)).not.toContain('ran');
  });

  test('are left alone where there is none, but for package.json, which may hold one', async () => {
    await using folder = await strangeFolder();
    const { code, stdout, stderr } = await folder.runs(['check']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^chatserv: The config \S+package\.json cannot be read: [^\n]*\n$/);
    await using without = await strangeFolder(['package.json']);
    expect(await without.runs(['check'])).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(without.path)).not.toContain('ran');
  });

  test('and of the folders above are nothing to it', async () => {
    await using folder = await strangeFolder();
    await folder.writes('chatserv.config.json', '{ "plugins": { "nothing": true } }');
    await mkdir(join(folder.path, 'within'));
    expect((await findConfig(undefined, join(folder.path, 'within'))).name).toBe('the standard config');
  });
});

describe('a config in whatever encoding an editor writes', () => {
  const text = '{ "plugins": { "who": true } }';
  test.each<[string, string, Buffer]>([
    ['UTF-8 with a byte order mark', 'my.json', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with one', 'my.json', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-8 with a byte order mark', 'my.yaml', Buffer.from(`\ufeff${text}`)],
    ['UTF-8 with a byte order mark', 'package.json', Buffer.from(`\ufeff{ "chatserv": ${text} }`)],
  ])('%s, as %s', async (_what, name, bytes) => {
    await using folder = await Folder.with({});
    await writeFile(join(folder.path, name), bytes);
    expect((await findConfig(name, folder.path)).value).toEqual({ plugins: { who: true } });
  });

  test('but not in one that it does not name', async () => {
    await using folder = await Folder.with({});
    await writeFile(join(folder.path, 'my.yaml'), Buffer.from('a: 1\nb: "caf\u00e9"\n', 'latin1'));
    await expect(findConfig('my.yaml', folder.path)).rejects.toThrow(
      `${folder.path}/my.yaml:2: not UTF-8: save it as text in UTF-8.`,
    );
  });
});

test('of two configs in one folder it is said which one is read', async () => {
  await using folder = await Folder.with({
    'chatserv.config.yaml': 'plugins: {}',
    'chatserv.config.json': '{ "plugins": {} }',
    '.chatservrc': 'plugins: {}',
  });
  const { code, stdout, stderr } = await folder.runs(['check']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/chatserv\.config\.json is valid/);
  expect(stderr).toBe(
    `chatserv: ${folder.path}/chatserv.config.json is used, and chatserv.config.yaml and .chatservrc beside it are ignored: remove what you do not need, or name the config with --config.\n`,
  );
  expect((await folder.runs(['check', '--config', '.chatservrc'])).stderr).toBe('');
});

describe('what cannot be a config is answered with a sentence', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['.', {}, 'The config PLACE is a folder: name the file in it.'],
    ['x.toml', { 'x.toml': '' }, 'The config PLACE/x.toml has an unknown extension: its name must end in .ts, .mts,'],
    ['', {}, '--config needs the name of a file.'],
    ['x.js', { 'x.js': "throw 'my reason';" }, 'The config PLACE/x.js cannot be read: my reason'],
    ['x.js', { 'x.js': 'throw undefined;' }, 'The config PLACE/x.js cannot be read: undefined'],
    ['x.js', { 'x.js': 'throw null;' }, 'The config PLACE/x.js cannot be read: null'],
    ['x.js', { 'x.js': 'throw Object.create(null);' }, 'The config PLACE/x.js cannot be read: '],
    ['x.json', { 'x.json': '' }, 'PLACE/x.json is empty: write {} for the standard set as it is.'],
  ])('%j with %j', async (file, files, sentence) => {
    await using folder = await Folder.with(files);
    await expect(findConfig(file, folder.path)).rejects.toThrow(sentence.replace('PLACE', folder.path));
  });
});
