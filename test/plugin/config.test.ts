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

describe('where a listener listens', () => {
  const allowed =
    'allowed are an IP address of this machine, without brackets and port, or a host name; to listen on every address, 0.0.0.0 (IPv4) or :: (IPv6 too).';

  test.each(['tcp', 'tls', 'http'])('is said by the host of %s, and an empty one says nothing', async (plugin) => {
    const files = { certificate: 'c.pem', key: 'k.pem' };
    const config = { plugins: { [plugin]: { host: '', ...(plugin === 'tls' && files) } } };
    expect(await mistakesOf(config)).toEqual([`c.json: plugins.${plugin}.host is "": ${allowed}`]);
  });

  test.each([' ', '*', '0', '127.1', '0x7f000001', '127.0.0.1:4119', '[::1]', '10.0.0.0/8', 'http://here'])(
    'is not %j',
    async (host) => {
      const config = { plugins: { tcp: { host } } };
      expect(await mistakesOf(config)).toEqual([`c.json: plugins.tcp.host is ${JSON.stringify(host)}: ${allowed}`]);
    },
  );

  test.each(['0.0.0.0', '::', '::1', 'fe80::1%eth0', 'localhost', 'chat.example.', 'host-1', 'bücher.example'])(
    'is %s',
    async (host) => expect(await mistakesOf({ plugins: { tcp: { host } } })).toEqual([]),
  );
});

test.each(['10.0.0.1:80', 'fe80::1%eth0', 'localhost', '10.0.0.0/33', ''])(
  'an address that is exempt from limits, or a proxy, is not %j',
  async (entry) => {
    const config = { plugins: { tcp: { proxies: [entry] } }, limits: { exempt: ['::1', entry] } };
    const allowed = 'allowed are IP addresses and networks, as 10.0.0.0/8, without ports and zones.';
    expect(await mistakesOf(config)).toEqual([
      `c.json: limits.exempt[1] is ${JSON.stringify(entry)}: ${allowed}`,
      `c.json: plugins.tcp.proxies[0] is ${JSON.stringify(entry)}: ${allowed}`,
    ]);
  },
);
