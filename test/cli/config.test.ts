import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { APPLICATION_ID, MIGRATIONS } from '../../plugins/stores/sqlite/schema.ts';
import { Folder } from '../support/command-line.ts';

const PLUGIN = `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'x', summary: 'Does nothing', setup: () => ({}) });`;

describe('what is wrong is one sentence each, before anything listens', () => {
  const cases: Readonly<Record<string, { config: string; files?: Record<string, string>; says: readonly RegExp[] }>> = {
    'no such file': { config: '', says: [/There is no config file .*none\.json: check what follows --config\./] },
    'not JSON': { config: '{', says: [/The config .* cannot be read: /] },
    'unknown plugin': {
      config: '{"plugins":{"lokout":true}}',
      says: [/There is no plugin 'lokout', which .* names: .* Did you mean 'lockout' or 'logout'\?/],
    },
    "a file's name without its beginning": {
      config: '{"plugins":{"wordfilter":true}}',
      files: { 'wordfilter.ts': '' },
      says: [/There is no plugin 'wordfilter', .* Did you mean '\.\/wordfilter\.ts'\?/],
    },
    'no such plugin file': {
      config: '{"plugins":{"./no.ts":true}}',
      says: [/The plugin '\.\/no\.ts' in .* does not exist/],
    },
    'wrong options, all of them': {
      config: '{"plugins":{"lockout":{"attemps":3},"tcp":{"port":"x"}},"limits":{"lineBytes":1}}',
      says: [
        /limits\.lineBytes/,
        /plugins\.lockout\.attemps is unknown\. Did you mean 'attempts'\?/,
        /plugins\.tcp\.port/,
      ],
    },
    'a need that nobody provides': {
      config: '{"plugins":{"sqlite":false}}',
      says: [/accounts.*'memory' or 'sqlite'|'sqlite'.*'memory'|sqlite/],
    },
    'two providers': { config: '{"plugins":{"memory":true}}', says: [/memory.*sqlite|sqlite.*memory/] },
    'two commands of one name': {
      config: '{"plugins":{"./who2.ts":true}}',
      files: {
        'who2.ts': `import { defineCommand } from 'chatserv';
export default defineCommand({ name: 'who2', aliases: ['who'], summary: 'x', run: () => 'x' });`,
      },
      says: [/'who'.*who2|who2.*'who'/],
    },
    'a circle': {
      config: '{"standard":false,"plugins":{"./a.ts":true,"./b.ts":true}}',
      files: {
        'a.ts': circle('a', 'b'),
        'b.ts': circle('b', 'a'),
      },
      says: [/circle|each other/],
    },
    'a set-up that throws': {
      config: '{"plugins":{"./bad.ts":true}}',
      files: {
        'bad.ts': `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'bad', summary: 'x', setup() { throw new Error('no key'); } });`,
      },
      says: [/bad.*no key/],
    },
    'a file that is no plugin': {
      config: '{"plugins":{"./bad.ts":true}}',
      files: { 'bad.ts': 'export default 3;' },
      says: [/is not a plugin: the default export of/],
    },
    'a file that does not parse': {
      config: '{"plugins":{"./bad.ts":true}}',
      files: { 'bad.ts': 'export default {' },
      says: [/bad\.ts/],
    },
  };
  test.each(Object.entries(cases))('%s', async (_name, { config, files = {}, says }) => {
    await using folder = await Folder.with({ ...files, ...(config !== '' && { 'my.json': config }) });
    const { code, stdout, stderr } = await folder.runs(['--config', config === '' ? 'none.json' : 'my.json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const sentence of says) expect(stderr).toMatch(sentence);
    for (const line of said(stderr)) expect(line).toMatch(/^chatserv: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('a port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await using folder = await Folder.with({
      'my.json': JSON.stringify({ plugins: { tcp: { port }, http: { port: 0 } } }),
    });
    const { code, stderr } = await folder.runs(['--config', 'my.json']);
    taken.close();
    expect(code).toBe(2);
    expect(said(stderr)).toEqual([
      `chatserv: The plugin 'tcp' could not start: another program, perhaps another chatserv, is already listening on 127.0.0.1:${port}: stop it, or set the option port to a free one`,
    ]);
  });
});

/** The lines on standard error without those of the log: a busy machine is warned of at the start. */
function said(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}

describe('check finds what a start would', () => {
  const set = (returned: string, before = '') => `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'x', summary: 'x', setup() { ${before}; return ${returned}; } });`;

  test.each<[string, object, string, RegExp]>([
    [
      'a misspelt hook',
      { './x.ts': true },
      set('{ hooks: { onMesage() {} } }'),
      /onMesage is unknown\. Did you mean 'on/,
    ],
    [
      'a codec that no plugin contributes',
      { tcp: { codec: 'irc' } },
      '',
      /^chatserv: \S+: plugins\.tcp\.codec is "irc": expected a codec: "line", "json", "classic"\.\n$/,
    ],
    [
      'a certificate that is not there',
      { tls: { certificate: 'c', key: 'k' } },
      '',
      /The plugin 'tls' could not be set up: the certificate \S+ cannot be read/,
    ],
    [
      'what a set-up throws, whatever it began',
      { './x.ts': true },
      set('{}', "setInterval(() => {}, 1000); throw new Error('no key')"),
      /^chatserv: The plugin '\.\/x\.ts' could not be set up: no key \(x\.ts:\d+:\d+\)\n$/,
    ],
  ])('%s', async (_what, plugins, file, sentence) => {
    await using folder = await Folder.with({ 'chatserv.config.json': JSON.stringify({ plugins }), 'x.ts': file });
    const { code, stdout, stderr } = await folder.runs(['check']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});

test.each(['check', 'plugins'])(
  '%s takes a config from before there were codecs, and asks once to rename the option',
  async (command) => {
    const config = { standard: false, plugins: { unix: { socket: 'chat.sock', dialect: 'json' } } };
    await using folder = await Folder.with({ 'chatserv.config.json': JSON.stringify(config) });
    const { code, stdout, stderr } = await folder.runs([command]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      command === 'check' ? /is valid: 5 plugins are on/ : /^json: on, by the standard set\n.*\n.*\n {2}codecs +json$/m,
    );
    expect(stderr.match(/plugins\.unix\.dialect is now called codec/g)).toHaveLength(1);
  },
);

test('check accepts every option under its earlier name, and names the new one', async () => {
  const renamed: readonly (readonly [plugin: string, from: string, to: string, value: number])[] = [
    ['broadcast', 'length', 'maxLength', 100],
    ['connections', 'most', 'maxConnections', 100],
    ['http', 'connections', 'maxConnections', 100],
    ['lockout', 'blockTime', 'lockoutDuration', 5],
    ['message', 'length', 'maxLength', 100],
    ['message', 'recipients', 'maxRecipients', 5],
    ['offline-messages', 'waiting', 'maxQueued', 100],
    ['offline-messages', 'waitingFrom', 'maxQueuedPerSender', 10],
    ['offline-messages', 'waitingFromNetwork', 'maxQueuedPerNetwork', 20],
    ['offline-messages', 'waitingFromStrangers', 'strangersShare', 0.2],
    ['offline-messages', 'waitingForLost', 'maxLostLag', 50],
    ['password', 'waiting', 'maxQueued', 100],
    ['wholast', 'names', 'maxNames', 10],
  ];
  const plugins: Record<string, Record<string, number>> = {};
  for (const [plugin, from, , value] of renamed) plugins[plugin] = { ...plugins[plugin], [from]: value };
  const config = { plugins, limits: { blockTime: 900 } };
  await using folder = await Folder.with({ 'chatserv.config.json': JSON.stringify(config) });
  const { code, stderr } = await folder.runs(['check']);
  expect(code).toBe(0);
  const sentences = [
    'limits.blockTime is now called eventLoopStall',
    ...renamed.map(([plugin, from, to]) => `plugins.${plugin}.${from} is now called ${to}`),
  ];
  for (const sentence of sentences) expect(stderr).toContain(`: ${sentence}: rename it before the next release.`);
  expect(stderr.match(/is now called/g)).toHaveLength(sentences.length);
});

describe.each(['check', 'plugins'])('%s makes and changes nothing', (command) => {
  test('where there is nothing', async () => {
    await using folder = await Folder.with({ 'chatserv.config.json': '{}' });
    await mkdir(join(folder.path, 'tmp'));
    const env = { TMPDIR: join(folder.path, 'tmp') };
    expect(await folder.runs([command], '', env)).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(folder.path, { recursive: true })).toEqual(['chatserv.config.json', 'tmp']);
  });

  test('of a database of an older version, and of what is none', async () => {
    await using folder = await Folder.with({
      'chatserv.config.json': '{ "plugins": { "sqlite": { "file": "old.db" } } }',
      'other.json': '{ "plugins": { "sqlite": { "file": "other" } } }',
      other: 'no database',
    });
    const old = new DatabaseSync(join(folder.path, 'old.db'));
    old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1; PRAGMA application_id = ${APPLICATION_ID}`);
    old.close();
    const before = await readFile(join(folder.path, 'old.db'));
    expect(await folder.runs([command])).toMatchObject({ code: 0, stderr: '' });
    expect(await folder.runs([command, '--config', 'other.json'])).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(folder.path)).toEqual(['chatserv.config.json', 'old.db', 'other', 'other.json']);
    expect((await readFile(join(folder.path, 'old.db'))).equals(before)).toBe(true);
    expect(await readFile(join(folder.path, 'other'), 'utf8')).toBe('no database');
  });

  test('and says so where there is no folder for what is temporary', async () => {
    await using folder = await Folder.with({ 'chatserv.config.json': '{}' });
    const { code, stderr } = await folder.runs([command], '', { TMPDIR: join(folder.path, 'nothing') });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^chatserv: The plugin 'sqlite' could not be set up: cannot create a folder in [^\n]*\n$/);
  });
});

function circle(provides: string, needs: string): string {
  return `import { definePlugin, token } from 'chatserv';
const Mine = token('${provides}');
const Other = token('${needs}');
export default definePlugin({ name: 'p-${provides}', summary: 'x', provides: { x: Mine }, needs: { y: Other }, setup: () => ({ provide: { x: {} } }) });`;
}

test('plugins are listed: what each does, where it is from, why it is on or off', async () => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { registration: false, './x.ts': true } }),
    'x.ts': PLUGIN,
  });
  const { code, stdout } = await folder.runs(['plugins']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^x: on, by .*chatserv\.config\.json\n {2}does +Does nothing\n {2}from +.*x\.ts$/m);
  expect(stdout).toMatch(/^registration: off, by .*chatserv\.config\.json$/m);
  expect(stdout).toMatch(/^message: on, by the standard set\n(?: {2}.*\n)* {2}commands +message$/m);
  expect(stdout).toMatch(/^lockout: on, by the standard set\n(?: {2}.*\n)* {2}hooks +.*onUsername/m);
  expect(stdout).toMatch(
    /^Handlers, in the order in which they run:\n(?: {2}.*\n)* {2}onPassword {6}guard {5}lockout, login-rate\n {18}decide {4}reset-codes, password\n/m,
  );
});
