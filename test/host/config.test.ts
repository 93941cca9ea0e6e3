import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { configErrorsOf } from '../support/config-errors.ts';

describe('everything that is wrong with a config is said at once', () => {
  test('what is neither true, false nor options hides nothing else', async () => {
    const plugins = { registration: 'no', tls: 5, lockout: null, unix: ['x'], tcp: { port: 'x' } };
    expect(await configErrorsOf({ plugins, limits: { lineBytes: 1 } })).toEqual([
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
      await configErrorsOf({ plugins: { './none.ts': true, memory: true }, log: { level: 'loud' }, standard: 'no' }),
    ).toEqual([
      'c.json: standard is "no": expected boolean.',
      expect.stringMatching(/^c\.json: log\.level is "loud": expected one of /),
      expect.stringMatching(/^The plugin '\.\/none\.ts' in c\.json does not exist/),
      expect.stringMatching(/^The plugins 'sqlite' and 'memory' both provide/),
    ]);
  });

  test('but what may be provided by a plugin with an error is not reported as missing', async () => {
    expect(await configErrorsOf({ plugins: { './none.ts': true, sqlite: false } })).toEqual([
      expect.stringMatching(/^The plugin '\.\/none\.ts' in c\.json does not exist/),
    ]);
  });

  test('two stores are one error', async () => {
    expect(await configErrorsOf({ plugins: { memory: true, who: { x: 1 } } })).toEqual([
      'c.json: plugins.who.x is unknown.',
      "The plugins 'sqlite' and 'memory' both provide the services 'accounts', 'message-log', 'storage', 'archive': switch one of them off, with `'sqlite': false` or `'memory': false` under plugins.",
    ]);
  });

  test.each([[['tcp']], [null], ['tcp']])('plugins that are %j', async (plugins) => {
    expect(await configErrorsOf({ plugins })).toEqual([
      expect.stringMatching(/^c\.json: plugins is .*: expected an object of plugins by name, as \{ "tcp": true \}\.$/),
    ]);
  });

  test.each([5, 'x', ['x']])('a config that is %j', async (config) => {
    expect(await configErrorsOf(config)).toEqual([expect.stringMatching(/^c\.json: it is .*: expected object\.$/)]);
  });
});

describe('a key of plugins that names nothing is an error, even when it is off', () => {
  test('with the plugin that was meant, which would stay on', async () => {
    const plugins = { regstration: false, tpc: false, './regstration.ts': false, '@no/such': false, 'a b': false };
    const nothing = (key: string) => `There is no plugin '${key}', which c.json switches off: `;
    expect(await configErrorsOf({ plugins })).toEqual([
      expect.stringMatching(new RegExp(`^${nothing('regstration')}.* Did you mean 'registration'\\?$`)),
      expect.stringMatching(new RegExp(`^${nothing('tpc')}.* Did you mean 'tcp'\\?$`)),
      expect.stringMatching(/^The plugin '\.\/regstration\.ts' in c\.json does not exist: there is no file /),
      expect.stringContaining(nothing('@no/such')),
      expect.stringContaining(nothing('a b')),
    ]);
    expect(await configErrorsOf({ standard: false, plugins })).toHaveLength(5);
  });

  test('but not one that names a standard plugin, a file or an installed package, whatever is in them', async () => {
    const package_ = { name: 'chatserv-plugin-x', type: 'module', exports: { import: './x.js' } };
    await using folder = await Folder.with({ 'x.ts': 'throw new Error("not to be loaded")' });
    await mkdir(join(folder.path, 'node_modules/chatserv-plugin-x'), { recursive: true });
    await folder.writes('node_modules/chatserv-plugin-x/package.json', JSON.stringify(package_));
    await folder.writes('node_modules/chatserv-plugin-x/x.js', 'throw new Error("not to be loaded")');
    await folder.writes(
      'chatserv.config.json',
      JSON.stringify({ plugins: { registration: false, memory: false, './x.ts': false, 'chatserv-plugin-x': false } }),
    );
    expect(await folder.runs(['check'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('nor one that a config in TypeScript leaves undefined', async () => {
    expect(await configErrorsOf({ plugins: { mine: undefined } })).toEqual([]);
  });

  test('the command line says so', async () => {
    await using folder = await Folder.with({ 'c.json': '{"plugins":{"lokout":false}}' });
    for (const command of ['check', 'plugins']) {
      expect(await folder.runs([command, '--config', 'c.json'])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^chatserv: There is no plugin 'lokout', .* Did you mean 'lockout' or 'logout'\?\n$/,
        ),
      });
    }
  });
});

describe('what is wrong with an option is said once', () => {
  test.each<[string, object, string]>([
    ['of another kind', { sqlite: { file: [] } }, 'sqlite.file is []: expected string.'],
    ['too big in two ways', { tcp: { port: 1e99 } }, 'tcp.port is 1e+99: too big: expected number to be <=65535.'],
    ['of another kind, and checked further', { page: { title: [] } }, 'page.title is []: expected string.'],
  ])('%s', async (_what, plugins, sentence) => {
    expect(await configErrorsOf({ plugins })).toEqual([`c.json: plugins.${sentence}`]);
  });

  test('and of two that are wrong both', async () => {
    expect(await configErrorsOf({ plugins: { http: { proxies: [1, 1], perNetwork: 0.5, x: 1, y: 2 } } })).toEqual([
      'c.json: plugins.http.proxies[0] is 1: expected string.',
      'c.json: plugins.http.proxies[1] is 1: expected string.',
      'c.json: plugins.http.perNetwork is 0.5: expected int.',
      expect.stringMatching(/^c\.json: plugins\.http\.x is unknown/),
      expect.stringMatching(/^c\.json: plugins\.http\.y is unknown/),
    ]);
  });
});

describe('what was meant is said', () => {
  test('of what belongs under plugins or limits', async () => {
    const config = { registration: false, './dice.ts': true, lineBytes: 100, plugin: {} };
    expect(await configErrorsOf(config)).toEqual([
      'c.json: registration is unknown. It belongs under plugins.',
      "c.json: ['./dice.ts'] is unknown. It belongs under plugins.",
      'c.json: lineBytes is unknown. It belongs under limits.',
      "c.json: plugin is unknown. Did you mean 'plugins'? Known: $schema, standard, plugins, limits, log.",
    ]);
  });

  test.each(['my words', 'my words.ts', './my words'])('of a file by %j', async (key) => {
    await using folder = await Folder.with({ 'my words.ts': '' });
    expect(await configErrorsOf({ plugins: { [key]: true } }, { folder: folder.path })).toEqual([
      expect.stringContaining(` Did you mean './my words.ts'?`),
    ]);
  });
});

describe('where a listener listens', () => {
  const allowed =
    'expected an IP address of this machine, without brackets or port, or a host name; to listen on all addresses, 0.0.0.0 (IPv4) or :: (IPv6 too).';

  test.each(['tcp', 'tls', 'http'])('is said by the host of %s, and an empty one says nothing', async (plugin) => {
    const files = { certificate: 'c.pem', key: 'k.pem' };
    const config = { plugins: { [plugin]: { host: '', ...(plugin === 'tls' && files) } } };
    expect(await configErrorsOf(config)).toEqual([`c.json: plugins.${plugin}.host is "": ${allowed}`]);
  });

  test.each([' ', '*', '0', '127.1', '0x7f000001', '127.0.0.1:4119', '[::1]', '10.0.0.0/8', 'http://here'])(
    'is not %j',
    async (host) => {
      const config = { plugins: { tcp: { host } } };
      expect(await configErrorsOf(config)).toEqual([`c.json: plugins.tcp.host is ${JSON.stringify(host)}: ${allowed}`]);
    },
  );

  test.each(['0.0.0.0', '::', '::1', 'fe80::1%eth0', 'localhost', 'chat.example.', 'host-1', 'bücher.example'])(
    'is %s',
    async (host) => expect(await configErrorsOf({ plugins: { tcp: { host } } })).toEqual([]),
  );
});

test.each(['10.0.0.1:80', 'fe80::1%eth0', 'localhost', '10.0.0.0/33', ''])(
  'an address that is exempt from limits, or a proxy, is not %j',
  async (entry) => {
    const config = { plugins: { tcp: { proxies: [entry] } }, limits: { exempt: ['::1', entry] } };
    const allowed = 'expected IP addresses and networks such as 10.0.0.0/8, without ports or zones.';
    expect(await configErrorsOf(config)).toEqual([
      `c.json: limits.exempt[1] is ${JSON.stringify(entry)}: ${allowed}`,
      `c.json: plugins.tcp.proxies[0] is ${JSON.stringify(entry)}: ${allowed}`,
    ]);
  },
);
