import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { mistakesOf } from '../support/mistakes.ts';

describe('everything that is wrong with a config is said at once', () => {
  test('what is neither true, false nor options hides nothing else', async () => {
    const plugins = { registration: 'no', tls: 5, lockout: null, unix: ['x'], tcp: { port: 'x' } };
    expect(await mistakesOf({ plugins, limits: { lineBytes: 1 } })).toEqual([
      'c.json: limits.lineBytes is 1: too small: expected number to be >=64.',
      'c.json: plugins.tcp.port is "x": expected number.',
      'c.json: plugins.tls is 5: expected true, false or options.',
      "c.json: plugins.unix is [ 'x' ]: expected true, false or options.",
      'c.json: plugins.registration is "no": expected true, false or options.',
      'c.json: plugins.lockout is null: expected true, false or options.',
    ]);
  });

  test('nor does a plugin that is not there, or what is beside the plugins', async () => {
    expect(
      await mistakesOf({ plugins: { './none.ts': true, memory: true }, log: { level: 'loud' }, standard: 'no' }),
    ).toEqual([
      'c.json: standard is "no": expected boolean.',
      expect.stringMatching(/^c\.json: log\.level is "loud": expected one of /),
      expect.stringMatching(/^The plugin '\.\/none\.ts' in c\.json is not there/),
      expect.stringMatching(/^The plugins 'sqlite' and 'memory' both provide/),
    ]);
  });

  test('but what may be provided by a plugin with a mistake is not said to be missing', async () => {
    expect(await mistakesOf({ plugins: { './none.ts': true, sqlite: false } })).toEqual([
      expect.stringMatching(/^The plugin '\.\/none\.ts' in c\.json is not there/),
    ]);
  });

  test('two stores are one mistake', async () => {
    expect(await mistakesOf({ plugins: { memory: true, who: { x: 1 } } })).toEqual([
      'c.json: plugins.who.x is not known.',
      "The plugins 'sqlite' and 'memory' both provide the services 'accounts', 'log', 'blocks', 'archive': switch one of them off, with `'sqlite': false` or `'memory': false` under plugins.",
    ]);
  });

  test.each([5, 'x', ['x']])('a config that is %j', async (config) => {
    expect(await mistakesOf(config)).toEqual([expect.stringMatching(/^c\.json: it is .*: expected object\.$/)]);
  });
});

describe('what was meant is said', () => {
  test('of what belongs under plugins or limits', async () => {
    const config = { registration: false, './dice.ts': true, lineBytes: 100, plugin: {} };
    expect(await mistakesOf(config)).toEqual([
      'c.json: registration is not known. It belongs under plugins.',
      "c.json: ['./dice.ts'] is not known. It belongs under plugins.",
      'c.json: lineBytes is not known. It belongs under limits.',
      "c.json: plugin is not known. Did you mean 'plugins'? Known: $schema, standard, plugins, limits, log.",
    ]);
  });

  test.each(['my words', 'my words.ts', './my words'])('of a file by %j', async (key) => {
    await using folder = await Folder.with({ 'my words.ts': '' });
    expect(await mistakesOf({ plugins: { [key]: true } }, { folder: folder.path })).toEqual([
      expect.stringContaining(` Did you mean './my words.ts'?`),
    ]);
  });
});
