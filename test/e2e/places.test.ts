import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

const DEFINE = "import { definePlugin, z } from 'chatserv';\n";

const BROKEN: Readonly<Record<string, readonly [code: string, said: string]>> = {
  module: [`${DEFINE}\n\nthrow new Error('no votes');`, 'could not be loaded: no votes (poll.ts:4:7)'],
  options: [
    `${DEFINE}const way = z.string().transform(() => { throw new Error('no way'); });
export default definePlugin({ name: 'poll', summary: 'x', options: z.object({ way: way.prefault('') }), setup: () => ({}) });`,
    'could not be checked: no way (poll.ts:2:48).',
  ],
  'set-up': [
    `${DEFINE}import { votes } from './votes.ts';
export default definePlugin({ name: 'poll', summary: 'x', async setup() { await null; return votes(); } });`,
    'could not be set up: votes is not a function (poll.ts:3:94)',
  ],
  'what set-up calls': [
    `${DEFINE}import { count } from './votes.ts';
export default definePlugin({ name: 'poll', summary: 'x', setup: () => count() });`,
    'could not be set up: no count (votes.ts:4:9)',
  ],
  'a library that set-up calls': [
    `${DEFINE}export default definePlugin({ name: 'poll', summary: 'x', setup() { z.number().min(1, 'few').parse(0); } });`,
    '(poll.ts:2:94)',
  ],
  start: [
    `${DEFINE}import { count } from './votes.ts';
export default definePlugin({ name: 'poll', summary: 'x', setup: () => ({ start: () => count() }) });`,
    'could not start: no count (votes.ts:4:9)',
  ],
  'a thrown string': [`${DEFINE}throw 'my reason';`, 'could not be loaded: my reason'],
  'a thrown nothing': [`${DEFINE}throw undefined;`, 'could not be loaded: undefined'],
  'a thrown object of no kind': [
    `${DEFINE}throw Object.create(null);`,
    'could not be loaded: [Object: null prototype] {}',
  ],
};

const VOTES = `// What types are stripped of keeps its place.
export const votes: unknown = 1;
export function count(): { readonly yes: number } {
  throw new Error('no count');
}
`;

const config = { plugins: { './poll.ts': true } };

describe("what is thrown before a server serves is said with its place in the author's code, and without a trace", () => {
  test.each(Object.entries(BROKEN))('%s', { timeout: 60_000 }, async (what, [code, said]) => {
    const files = { 'poll.ts': code, 'votes.ts': VOTES };
    await using folder = await Folder.with({ ...files, 'chatserv.config.json': JSON.stringify(config) });
    const tried = what === 'start' ? [] : [await folder.runs(['check'])];
    for (const { code, stderr } of tried) {
      expect(code).toBe(2);
      expect(stderr).toContain(said);
      expect(stderr).toMatch(/^chatserv: .*\n$/);
    }
    await expect(startProgram(config, { files })).rejects.toThrow(said);
    await using program = await startProgram({}, { files });
    await program.configures(config);
    const reload = await program.reloads();
    expect(reload.errors?.join()).toContain(said);
    // The log is written by another thread.
    await program.complains(/"event":"reload-failure","errors":\[/);
    expect(program.stderr).not.toContain('    at ');
  });
});

test('of a file that was built it is where that came from', async () => {
  const map = { version: 3, sources: ['../src/poll.ts'], names: [], mappings: ';;QAoBuB' };
  const built = `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'poll', summary: 'x', setup() {
  throw new Error('no votes');
} });
//# source${'MappingURL'}=poll.js.map
`;
  await using folder = await Folder.with({ 'c.json': '{"plugins":{"./dist/poll.js":true}}' });
  const run = () => folder.runs(['check', '--config', 'c.json']);
  for (const name of ['dist', 'src']) await mkdir(join(folder.path, name));
  await folder.writes('dist/poll.js', built);
  expect((await run()).stderr).toContain('no votes (dist/poll.js:3:9)');
  await folder.writes('dist/poll.js.map', JSON.stringify(map));
  await folder.writes('src/poll.ts', '');
  expect((await run()).stderr).toContain('no votes (src/poll.ts:21:24)');
  const inline = Buffer.from(JSON.stringify(map)).toString('base64');
  await folder.writes('dist/poll.js', built.replace('poll.js.map', `data:application/json;base64,${inline}`));
  expect((await run()).stderr).toContain('no votes (src/poll.ts:21:24)');
});

test('a wrong option at a reload is a sentence', async () => {
  await using program = await startProgram();
  await program.configures({ plugins: { lockout: { attempts: 'many' } } });
  program.signals('SIGHUP');
  await program.complains(/^chatserv: not reloaded: .*plugins\.lockout\.attempts is "many": expected number\.$/m);
  expect(program.stderr).not.toMatch(/ {4}at /);
});
