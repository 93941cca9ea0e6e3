import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

const NEVER = 'new Promise(() => {})';

/** A plugin that keeps the process alive with a timer, and never ends a phase of its life. */
const PHASES: Readonly<Record<string, string>> = {
  module: plugin('', `await ${NEVER};`),
  options: plugin(
    "options: { '~standard': { version: 1, vendor: 'x', validate: () => new Promise(() => {}) } }, setup: () => ({})",
  ),
  setup: plugin(`setup: () => ${NEVER}`),
  start: plugin(`setup: () => ({ start: () => ${NEVER} })`),
};

function plugin(spec: string, before = ''): string {
  return `import { definePlugin } from 'chatserv';
setInterval(() => {}, 1000);
process.stderr.write('stuck.ts is read\\n');
${before}
export default definePlugin({ name: 'stuck', summary: 'Never ends', ${spec || 'setup: () => ({})'} });`;
}

const plugins = { './stuck.ts': true };

describe('a plugin that never ends', () => {
  test.each(Object.entries(PHASES))(
    'its %s: the start fails with a sentence, and the process ends',
    async (_phase, code) => {
      const started = startProgram({ plugins, limits: { setupTime: 1000 } }, { files: { 'stuck.ts': code } });
      await expect(started).rejects.toThrow(
        /exit code 2[\s\S]*chatserv: .*'(\.\/stuck\.ts|stuck)'.*: it took longer than 1000 ms \(limits\.setupTime\)/,
      );
    },
  );

  test.each(Object.entries(PHASES))(
    'its %s: a reload is refused, a later one is done, and SIGTERM works',
    async (_phase, code) => {
      const limits = { setupTime: 1000 };
      await using program = await startProgram({ limits }, { files: { 'stuck.ts': code } });
      const alice = await program.joins('alice');
      await program.configures({ plugins, limits });
      for (let i = 0; i < 2; i++) {
        expect((await program.reloads()).errors).toEqual([
          expect.stringMatching(/stuck.*: it took longer than 1000 ms \(limits\.setupTime\)/),
        ]);
      }
      await program.configures({ plugins: { who: false }, limits });
      expect((await program.reloads()).result).toMatchObject({ removed: ['who'] });
      expect(await alice.asks('whoelse')).toBe('');
      expect(await program.stop()).toBe(0);
    },
  );

  test.each(Object.entries(PHASES))('its %s: SIGTERM ends a server that waits for it', async (_phase, code) => {
    const limits = { setupTime: 600_000 };
    await using program = await startProgram({ limits }, { files: { 'stuck.ts': code } });
    await program.configures({ plugins, limits });
    const reloaded = program.reloads();
    await program.complains(/stuck\.ts is read/);
    program.signals('SIGTERM');
    expect((await reloaded).errors?.[0] ?? 'the server is stopping').toMatch(/is stopping/);
    expect(await program.ends()).toBe(0);
  });

  test('in stop, dispose and the end of what it keeps: it is named, and the server stops all the same', async () => {
    const code = plugin(`setup({ hotState }) {
      hotState('x', () => 1, () => ${NEVER});
      return { stop: () => ${NEVER}, dispose: () => ${NEVER} };
    }`);
    await using program = await startProgram({ plugins, limits: { stopTime: 200 } }, { files: { 'stuck.ts': code } });
    const alice = await program.joins('alice');
    const stopped = program.stop();
    await alice.sees('closing:shutdown');
    expect(await stopped).toBe(0);
    for (const phase of ['stop', 'dispose', 'closing its hot state']) {
      expect(program.stderr).toContain(`plugin 'stuck' failed in ${phase}`);
    }
  });

  test('nor does a server that takes too long in all go on', async () => {
    const code = plugin(`setup: () => ({ stop: () => ${NEVER} })`);
    const limits = { stopTime: 600_000, shutdownTime: 300 };
    await using program = await startProgram({ plugins, limits }, { files: { 'stuck.ts': code } });
    expect(await program.stop()).toBe(1);
    expect(program.stderr).toContain('stopping took longer than 300 ms (limits.shutdownTime)');
  });
});

test('who is told to stop while it starts ends in order', async () => {
  const code = `${PHASES.start}`.replace('start: () =>', "start: () => process.kill(process.pid, 'SIGTERM') &&");
  await expect(startProgram({ plugins }, { files: { 'stuck.ts': code } })).rejects.toThrow(/exit code 0/);
});

describe('an endless loop', () => {
  const loop = (where: string) => plugin(`setup: () => ({ ${where} })`);

  // Not from the start, which takes a busy machine a while.
  const limits = { hangTime: 2_000 };

  test('is named, and ends the process after a while: no signal could', async () => {
    const code = loop("commands: [{ name: 'spin', params: {}, summary: 'Spins', run() { for (;;); } }]");
    await using program = await startProgram({ plugins }, { files: { 'stuck.ts': code } });
    const alice = await program.joins('alice');
    await program.configures({ plugins, limits });
    await program.reloads();
    await alice.says('spin');
    expect(await program.ends()).toBe(null);
    expect(program.stderr).toMatch(
      /"event":"hang".*"plugin":"stuck".*blocked for 2000 ms \(limits\.hangTime\), by plugin 'stuck' in command spin: killing the process/,
    );
  });

  test('in a module that a reload imports, too', async () => {
    await using program = await startProgram({}, { files: { 'stuck.ts': 'for (;;);' } });
    await program.configures({ limits });
    await program.reloads();
    await program.configures({ plugins, limits });
    program.signals('SIGHUP');
    expect(await program.ends()).toBe(null);
    expect(program.stderr).toMatch(/by plugin '\.\/stuck\.ts' in its module: killing the process/);
  });

  test('is no matter where nothing is killed', async () => {
    const spins = "run() { for (const end = performance.now() + 1500; performance.now() < end; ); return 'spun'; }";
    const code = loop(`commands: [{ name: 'spin', params: {}, summary: 'Spins', ${spins} }]`);
    await using program = await startProgram({ plugins }, { files: { 'stuck.ts': code } });
    const alice = await program.joins('alice');
    await program.configures({ plugins, limits: { hangTime: 0 } });
    await program.reloads();
    expect(await alice.asks('spin')).toBe('spun');
  });
});

describe('a command line ends', () => {
  test('whatever a plugin leaves open: timers, a thread, a server', { timeout: 60_000 }, async () => {
    const stuck = `import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { definePlugin } from 'chatserv';
setInterval(() => {}, 1000);
new Worker('setInterval(() => {}, 1000)', { eval: true });
createServer().listen(0);
export default definePlugin({
  name: 'stuck', summary: 'Leaves things open', setup() { setInterval(() => {}, 1000); return {}; },
});`;
    const config = JSON.stringify({ plugins: { ...plugins, sqlite: { file: 'chat.db' } } });
    await using folder = await Folder.with({ 'chatserv.config.json': config, 'stuck.ts': stuck });
    expect(await folder.runs(['user', 'add', 'alice'], 'correct horse battery\n')).toMatchObject({ code: 0 });
    for (const args of [['user', 'list'], ['backup', 'copy.db'], ['export'], ['plugins'], ['check']]) {
      expect(await folder.runs(args), args.join(' ')).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test('once its output is read to the end, however slowly', async () => {
    await using folder = await Folder.with({});
    const { stdout } = await folder.runs(['plugins']);
    expect(stdout.length).toBeGreaterThan(4000);
    expect(stdout).toMatch(/does .*\n(?: {2}.*\n)*$/);
  });
});
