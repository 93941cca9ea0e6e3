import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

/** Has the program's main thread note what it loads, in JavaScript so that nothing is loaded for it. */
const NOTING = `
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) {
  const modules = [];
  registerHooks({ load: (url, context, next) => (modules.push(url), next(url, context)) });
  process.on('exit', () => {
    const builtins = process.moduleLoadList.map((name) => name.replace('NativeModule ', 'node:'));
    writeFileSync('loaded.json', JSON.stringify({ modules, builtins }));
  });
}`;

const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(NOTING)}` };

interface Loaded {
  readonly modules: readonly string[];
  readonly builtins: readonly string[];
}

async function loadedIn(folder: string): Promise<Loaded> {
  return JSON.parse(await readFile(join(folder, 'loaded.json'), 'utf8'));
}

/** How many of these are of a package, or below a folder. */
const count = ({ modules }: Loaded, part: string) => modules.filter((url) => url.includes(part)).length;

test('a start loads what it uses, and little else', async () => {
  await using program = await startProgram({}, { env });
  await program.stop();
  // The first start compiles what the second one finds in the cache.
  await program.start();
  await program.stop();
  const loaded = await loadedIn(program.folder);
  expect(count(loaded, '/plugins/stores/sqlite/')).toBeGreaterThan(10);
  // Readers of configs in YAML and TypeScript, a client's editor, and what counts columns in a terminal.
  for (const part of ['/js-yaml/', '/node_modules/typescript/', '/src/client/terminal/', '/string-width/']) {
    expect(count(loaded, part), part).toBe(0);
  }
  expect(loaded.modules.length).toBeLessThan(750);
  // Node's HTTP client, and its compiler of types.
  expect(loaded.builtins).toContain('node:fs');
  for (const part of ['undici', 'amaro']) expect(loaded.builtins.filter((name) => name.includes(part))).toEqual([]);
});

test.each(['--version', '--help', 'new'])('%s loads the command line only', async (word) => {
  await using folder = await Folder.with({});
  await folder.runs([word], '', env);
  const loaded = await loadedIn(folder.path);
  for (const part of ['/zod/', '/pino/', '/tapable/', '/plugins/', '/string-width/']) {
    expect(count(loaded, part), part).toBe(0);
  }
  expect(loaded.modules.length).toBeGreaterThan(30);
  expect(loaded.modules.length).toBeLessThan(70);
});

test('a command that manages accounts loads the plugins that it works with', async () => {
  await using folder = await Folder.with({});
  await folder.runs(['user', 'list'], '', env);
  const loaded = await loadedIn(folder.path);
  expect(count(loaded, '/plugins/stores/sqlite/')).toBeGreaterThan(10);
  for (const part of ['/plugins/http/', '/plugins/page/', '/plugins/commands/', '/ws/']) {
    expect(count(loaded, part), part).toBe(0);
  }
});
