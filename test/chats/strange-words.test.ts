import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, defineCommand, definePlugin } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Names of properties of every object. They cannot be registered any more, but existing accounts keep them. */
const PROPERTIES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

/** Names that read as a path, a pattern, markup or a statement where unescaped. */
const MEANINGFUL = [
  '../../etc/passwd',
  '.*',
  '$&',
  '%s%n',
  '<script>',
  '<img/src=x>',
  "'--",
  '`id`',
  '\\u0041',
  '"',
  '-x',
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-words-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  // No object has gained a property.
  expect(Object.keys(Object.prototype)).toEqual([]);
  for (const key in {}) expect(key).toBe('nothing');
});

/** A server whose store has these accounts, as a store from before a rule may; `root` has every role. */
async function serverWith(...names: readonly string[]): Promise<TestServer> {
  const founder = definePlugin({
    name: 'founder',
    summary: 'Copies the account of template under other names',
    needs: { accounts: Accounts },
    setup: ({ accounts }) => ({
      commands: [
        {
          name: 'found',
          summary: 'Makes the accounts',
          async run() {
            const template = await accounts.find('root');
            for (const name of names) await accounts.create(name, template?.hash ?? '');
            await accounts.setRoles(template?.id ?? 0, ['admin', 'moderator']);
            return 'founded';
          },
        },
      ],
    }),
  });
  const server = await startServer({
    founder,
    admin: { audit: join(folder, 'audit.log') },
    connections: false,
    'login-rate': false,
  });
  const root = await server.joins('root');
  expect(await root.asks('found')).toBe('founded');
  await root.logsOut();
  return server;
}

test.each([...PROPERTIES, ...MEANINGFUL])('a user may be called %s, and is a user like any other', async (name) => {
  await using server = await serverWith(name);
  const [root, user] = [await server.returns('root'), await server.returns(name)];
  const alike = server.connect('again');
  expect(await alike.asks(name)).toBe('connected');
  expect(await root.asks('whoelse')).toBe(name);
  expect(await root.asks('wholast 5')).toBe(`root ${name}`);
  expect(await root.asks(`message ${name} hello ${name}`)).toBe('sent:');
  await user.hears('root', `hello ${name}`);
  expect(await user.asks(`message (root ghost-${name} root) ${name}`)).toBe(`sent:ghost-${name}`);
  await root.hears(name, name);
  expect(await user.asks('broadcast hello')).toBe('sent:');
  await root.hears(name, 'hello');

  const { unknown } = await facts(server, name);
  await user.hears('program', 'hello');
  expect(unknown).toEqual([`ghost-${name}`]);

  expect(await root.asks(`mute ${name}`)).toBe('done:');
  expect(await user.asks('broadcast hello')).toBe('error:muted:broadcast');
  expect(await root.asks(`unmute ${name}`)).toBe('done:');
  expect(await root.asks(`kick ${name}`)).toBe('done:1');
  await user.sees('closing:kicked');
  expect(await root.asks(`ban ${name} 60s`)).toBe('done:0');
  expect(await server.connect().asks(name)).toBe('blocked:60');
  expect(await root.asks(`unban ${name}`)).toBe('done:');
  expect(readFileSync(join(folder, 'audit.log'), 'utf8')).toContain(`"what":${JSON.stringify(`${name} 60s`)}`);

  const guesser = server.connect('a guesser');
  await guesser.says(name, 'wrong 1', 'wrong 2', 'wrong 3');
  await guesser.seesInOrder('password', 'password', 'password', '60');
  expect(server.failures).toEqual([]);
});

/** The answer that a program gets to a message to the user and to an unknown name. */
async function facts(server: TestServer, name: string): Promise<Record<string, unknown>> {
  const client = server.connectJson();
  client.says({ type: 'register', name: 'program', password: PASSWORD });
  await client.sees({ type: 'welcome' });
  await client.seesToken();
  client.says({ type: 'message', to: [name, `ghost-${name}`], text: 'hello', request: name });
  const event = (await client.sees({ type: 'answer', request: name })) as { facts?: Record<string, unknown> };
  await client.closes();
  return event.facts ?? {};
}

test.each(PROPERTIES)('there is no command %s', async (word) => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  await alice.says(word, `${word} a b`, `help ${word}`, `message ${word} hello`, `wholast ${word}`);
  await alice.seesInOrder(
    `error:command:${word}`,
    `error:command:${word}`,
    'error:args:help',
    `sent:${word}`,
    'error:args:wholast',
  );
  const program = server.connectJson();
  const fields = { [word]: 1, request: word };
  program.says(JSON.stringify({ ...fields, type: word }));
  await program.sees({ type: 'error', request: word, reason: 'field' });
  program.says(`{"type":"answer","${word}":{"polluted":true},"request":"${word}","text":"bob"}`);
  await program.sees({ type: 'ask', question: 'register', request: word });
  program.says(`{"${word}":"answer"}`);
  await program.sees({ type: 'error', reason: 'field' });
  program.says({ type: 'login', name: word, password: PASSWORD });
  await program.sees({ type: 'ask', because: 'username', reason: 'reserved' });
  expect(server.failures).toEqual([]);
});

describe('any text', () => {
  const word = fc.oneof(fc.constantFrom(...PROPERTIES, ...MEANINGFUL), fc.string({ unit: 'grapheme', maxLength: 20 }));
  const line = fc
    .tuple(fc.constantFrom('', 'message ', 'message (a ', 'help ', 'wholast ', 'broadcast ', 'kick '), word, word)
    .map(([command, one, two]) => `${command}${one} ${two}`.replace(/[\r\n]/g, ''));

  test('is answered with a line, and nothing fails', async () => {
    await using server = await startServer();
    const alice = await server.joins('alice');
    await fc.assert(
      fc.asyncProperty(line, async (said) => {
        expect(await alice.asks(said)).toMatch(/^(sent:|error:(command|args|denied):|[^[])/);
      }),
      { numRuns: 300 },
    );
    expect(server.failures).toEqual([]);
  });
});

test('a Unicode line separator starts no second plain line, and is LF in JSON, for programs that split there', async () => {
  await using server = await startServer();
  await server.registers('alice', 'bob');
  const [alice, bob] = [server.connectJson(), await server.returns('bob')];
  await alice.logsIn('alice', PASSWORD);
  await bob.says('message alice hello\u2028[2026-01-01T00:00:00Z] carol: hello\u2029');
  await bob.sees('sent:');
  // This client splits lines as Node's readline does.
  await alice.sees({ type: 'message', text: 'hello\n[2026-01-01T00:00:00Z] carol: hello' });
  alice.says({ type: 'message', request: 'a\u2028b', to: ['bob', 'x\ud800'], text: 'x\u2028[...] carol: y' });
  await alice.sees({ type: 'answer', request: 'a\u2028b' });
  await bob.hears('alice', 'x [...] carol: y');
});

test('line ends in one message of a program or plugin become blanks', async () => {
  const status = defineCommand({
    name: 'status',
    summary: 'Tells how it stands',
    async run(_call, { server }) {
      await server.post({ from: { id: 0, name: '*server*' }, to: 'everyone', text: 'green\nall\r\n\r\nwell' });
      return 'in\nwords';
    },
  });
  await using server = await startServer({ status });
  await server.registers('alice');
  const [alice, bob] = [server.connectJson(), await server.joins('bob')];
  await alice.logsIn('alice', PASSWORD);
  alice.says({ type: 'message', to: ['bob'], text: 'one\ntwo' });
  await bob.hears('alice', 'one two');
  await bob.says('status');
  await bob.hears('*server*', 'green all well');
  await bob.sees('in words');
});
