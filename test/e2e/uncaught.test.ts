import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { type Program, startProgram } from '../support/program.ts';

/** What a plugin may set going that fails where nobody catches it; most throw an error that is called as the way is. */
const WAYS: Readonly<Record<string, string>> = {
  'clock-throw': 'clock.after(1, fail);',
  'clock-reject': 'clock.after(1, async () => fail());',
  timeout: 'setTimeout(fail, 1);',
  interval: 'const timer = setInterval(() => { clearInterval(timer); fail(); }, 1);',
  tick: 'process.nextTick(fail);',
  microtask: 'queueMicrotask(fail);',
  immediate: 'setImmediate(fail);',
  rejection: 'void Promise.reject(new Error(how));',
  'late-rejection': 'void (async () => { await new Promise(setImmediate); fail(); })();',
  'no-error': "void Promise.reject('no-error');",
  undefined: 'void Promise.reject(undefined);',
  hostile: 'void Promise.reject(Object.create(null));',
  unreadable: "void Promise.reject(Object.defineProperty(new Error(how), 'stack', { get: fail }));",
  emitter: "setTimeout(() => new await_.events.EventEmitter().emit('error', new Error(how)), 1);",
  ECONNREFUSED: "await_.net.connect(1, '127.0.0.1');",
  ENOENT: "await_.fs.createReadStream('/no/such/file');",
  thread: 'new await_.threads.Worker(\'throw new Error("thread")\', { eval: true });',
  abort: "const aborts = new AbortController(); aborts.signal.addEventListener('abort', fail); aborts.abort();",
  helper: "import('./imported.ts').then(({ helper }) => helper());",
  gone: 'session.onClosed(fail); session.close("goodbye");',
};

/** What the log has of those that are called otherwise. */
const SAID: Readonly<Record<string, string>> = { hostile: '[Object: null prototype] {}' };

/** A plugin with a command that sets one of these going. */
const failing = (how: string, code = '') => `
import { defineCommand } from 'chatserv';
const await_ = {
  events: await import('node:events'), net: await import('node:net'), fs: await import('node:fs'),
  threads: await import('node:worker_threads'),
};
const how = '${how}';
const fail = () => { throw new Error(how); };
export default defineCommand({
  name: '${how.toLowerCase()}', params: {}, summary: 'Fails late',
  run({ session }, { clock }) { ${code} return 'soon'; },
});
`;

const HELPER = "export const helper = () => void setTimeout(() => { throw new Error('helper'); }, 1);";

interface Line {
  readonly event: string;
  readonly plugin?: string;
  readonly where?: string;
  readonly err?: { readonly message: string };
}

const linesOf = ({ stderr }: Program) =>
  stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

test('what a plugin throws where nobody catches it is logged in its name, and the server lives on', async () => {
  const sources = Object.entries(WAYS).map(([how, code]) => [`${how}.ts`, failing(how, code)]);
  const files = { ...Object.fromEntries(sources), 'imported.ts': HELPER };
  const plugins = Object.fromEntries(Object.keys(WAYS).map((how) => [`./${how}.ts`, true]));
  await using program = await startProgram({ plugins }, { files });
  const bob = await program.joins('bob');
  for (const how of Object.keys(WAYS)) {
    const alice = how === 'gone' ? await program.joins('alice') : bob;
    await alice.says(how.toLowerCase());
    await alice.sees(how === 'gone' ? 'goodbye' : 'soon');
    await program.complains(new RegExp(`"plugin":"${how.toLowerCase()}"`));
  }
  expect(await bob.asks('who')).toBe('bob');
  const lines = linesOf(program);
  expect(lines.map(({ event, plugin, err }) => ({ event, plugin, said: err?.message }))).toEqual(
    Object.keys(WAYS).map((how) => ({
      event: 'plugin-error',
      plugin: how.toLowerCase(),
      said: expect.stringContaining(SAID[how] ?? how),
    })),
  );
  const where = (plugin: string) => lines.find((line) => line.plugin === plugin)?.where;
  expect(where('clock-throw')).toBe('clock-throw.ts:8:28');
  expect(where('timeout')).toBe('timeout.ts:8:28');
  expect(where('helper')).toBe('imported.ts:1:59');
  expect(await program.stop()).toBe(0);
});

const PHASES = `
import { definePlugin } from 'chatserv';
const fail = (when) => setTimeout(() => { throw new Error(when); }, 1);
fail('module');
export default definePlugin({
  name: 'phases', summary: 'Fails late',
  setup() { fail('setup'); return { start() { fail('start'); }, dispose() { fail('dispose'); } }; },
});
`;

test('also what its module, its set-up and its start have set going, while the server starts too', async () => {
  await using program = await startProgram({ plugins: { './phases.ts': true } }, { files: { 'phases.ts': PHASES } });
  for (const phase of ['module', 'setup', 'start']) await program.complains(new RegExp(`"message":"${phase}"`));
  await program.joins('alice');
  for (const { event, plugin, where } of linesOf(program)) {
    expect({ event, plugin, where }).toEqual({ event: 'plugin-error', plugin: 'phases', where: 'phases.ts:3:49' });
  }
});

const STORM = failing('storm', 'for (let i = 0; i < 5000; i++) setImmediate(fail);');

test('a storm of it does not fill the log, is counted, and meets the quarantine', async () => {
  const plugins = { './storm.ts': true };
  await using program = await startProgram({ plugins }, { files: { 'storm.ts': STORM } });
  const alice = await program.joins('alice');
  await alice.says('storm', 'whoelse');
  await alice.seesInOrder('soon', '');
  await using folder = await Folder.with({});
  const list = async () => (await folder.runs(['plugins', '--config', program.configFile])).stdout;
  while (!/^ {2}background +5000 calls, 5000 failed/m.test(await list()));
  expect(linesOf(program)).toHaveLength(20);
  await program.configures({ plugins, limits: { quarantineAfter: 100 } });
  expect(await program.reloads()).toHaveProperty('result');
  await alice.says('storm');
  await alice.sees('soon');
  await program.complains(/"event":"quarantine","plugin":"storm"/);
  expect(await alice.asks('storm')).toBe('error:internal:storm');
});

const BAD = `
import { Duplex } from 'node:stream';
import { definePlugin } from 'chatserv';
export default definePlugin({
  name: 'bad', summary: 'Brings connections that cannot be written to',
  setup: ({ server }) => ({
    commands: [{
      name: 'bad', params: {}, summary: 'Brings one',
      run({ session }) {
        const stream = new Duplex({ read() {} });
        stream.write = () => { throw new Error('no writing here'); };
        server.accept({ stream, address: 'nowhere', transport: 'bad' }, 'line');
        stream.push('alice\\n');
        session.onClosed(() => { throw new Error('is gone'); });
        return 'soon';
      },
    }],
  }),
});
`;

test('a transport that throws, and what is called when a connection is gone, keep nothing else from being done', async () => {
  await using program = await startProgram({ plugins: { './bad.ts': true } }, { files: { 'bad.ts': BAD } });
  const bob = await program.joins('bob');
  for (let i = 0; i < 3; i++) expect(await bob.asks('bad')).toBe('soon');
  await program.complains(/(no writing here.*\n[\s\S]*){3}/);
  expect(await program.stop()).toBe(0);
  await bob.sees('closing:shutdown');
  const said = linesOf(program).map(({ plugin, err }) => `${plugin}: ${err?.message}`);
  const [write, gone] = ['bad: no writing here', 'bad: is gone'];
  expect(said).toEqual([write, write, write, gone, gone, gone]);
});
