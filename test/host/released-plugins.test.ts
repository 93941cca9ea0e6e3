/** The examples and templates of the last release, word for word: plugins that people wrote after them still work. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { defineCommand, definePlugin, likenesses, type Post, refuse, skeletons, withOptions } from 'chatserv';
import { LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import bot from '../fixtures/released/examples/bot.ts';
import directoryLogin from '../fixtures/released/examples/directory/login.ts';
import directoryStub from '../fixtures/released/examples/directory/stub.ts';
import greet from '../fixtures/released/examples/greeter/greet.ts';
import hours from '../fixtures/released/examples/greeter/hours.ts';
import plain from '../fixtures/released/examples/greeter/plain.ts';
import httpEndpoint from '../fixtures/released/examples/http-endpoint.ts';
import poll from '../fixtures/released/examples/poll.ts';
import rateLimit from '../fixtures/released/examples/rate-limit.ts';
import roll from '../fixtures/released/examples/roll.ts';
import shout from '../fixtures/released/examples/shout.ts';
import webhook from '../fixtures/released/examples/webhook.ts';
import welcome from '../fixtures/released/examples/welcome.ts';
import wordfilter from '../fixtures/released/examples/wordfilter.ts';
import command from '../fixtures/released/templates/command/plugin.ts';
import hook from '../fixtures/released/templates/hook/plugin.ts';
import service, { Logins } from '../fixtures/released/templates/service/plugin.ts';
import transport from '../fixtures/released/templates/transport/plugin.ts';

/** What the log says of plugins that are written for the last release. */
function noticesOf(server: TestServer) {
  return server.logged.filter(({ facts }) => facts.event === 'deprecated');
}

test('roll: a command with arguments and options', async () => {
  await using server = await startServer({ roll: withOptions(roll, { sides: 2 }) });
  const alice = await server.joins('alice');
  await alice.says('roll', 'roll 1', 'roll six', 'roll 2 3');
  await alice.seesInOrder(/^rolled [12]$/, 'error:args:roll', 'error:args:roll', 'error:args:roll');
});

test('shout: a hook that rewrites', async () => {
  await using server = await startServer({ shout });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('broadcast good morning', 'message bob quietly');
  await bob.hears('alice', 'GOOD MORNING');
  await bob.hears('alice', 'quietly');
});

test('wordfilter: a filter that refuses', async () => {
  await using server = await startServer({ wordfilter: withOptions(wordfilter, { words: ['Darn'] }) });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('message bob oh, DARN it', 'broadcast darn', 'message bob darned socks');
  await alice.seesInOrder('error:word:message', 'error:word:broadcast', 'sent:');
  await bob.hears('alice', 'darned socks');
  await bob.seesNothing();
});

test('rate-limit: so many commands for each session, and more as time goes by', async () => {
  const limit = withOptions(rateLimit, { atOnce: 2, perSecond: 1 });
  await using server = await startServer({ limit });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('whoelse', 'whoelse', 'whoelse');
  await alice.seesInOrder('bob', 'bob', 'error:rate:whoelse');
  expect(await bob.asks('whoelse')).toBe('alice');
  server.clock.advance(1);
  await alice.says('whoelse', 'whoelse');
  await alice.seesInOrder('bob', 'error:rate:whoelse');
});

test('poll: a vote under way outlives a reload', async () => {
  await using server = await startServer({ poll });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('poll tea?', 'vote maybe', 'vote no', 'vote yes');
  await alice.hears('*poll*', 'alice asks: tea? (vote yes, vote no)');
  await alice.seesInOrder('asked:', 'error:args:vote', 'tea? yes: 0, no: 1', 'tea? yes: 1, no: 0');
  await bob.hears('*poll*', 'alice asks: tea? (vote yes, vote no)');
  await server.reload({ poll });
  await bob.says('vote no');
  await bob.sees('tea? yes: 1, no: 1');
});

test('greeter: a service that either of two plugins provides', async () => {
  for (const [provider, greeting] of [
    [plain, 'hello, alice'],
    [hours, 'good night, alice'],
  ] as const) {
    await using server = await startServer({ greet, provider });
    const alice = await server.joins('alice');
    expect(await alice.asks('greet')).toBe(greeting);
  }
  await expect(startServer({ greet })).rejects.toThrow(/'greeter'.*'greet'/);
  await expect(startServer({ greet, plain, hours })).rejects.toThrow(/both provide the service 'greeter'/);
});

test('webhook: tried again until it is taken, in order', async () => {
  const taken: unknown[] = [];
  const wanted = Promise.withResolvers<void>();
  let failures = 2;
  const receiver = createServer(async (request: IncomingMessage, response) => {
    const body = JSON.parse(await text(request)) as { text: string };
    response.writeHead(failures-- > 0 ? 503 : 204).end();
    if (response.statusCode === 204) taken.push(body);
    if (taken.length === 2) wanted.resolve();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/chat`;
  {
    await using server = await startServer({ webhook: withOptions(webhook, { url, wait: 1 }) });
    const alice = await server.joins('alice');
    await alice.says('broadcast one', 'message alice private', 'broadcast two');
    const ticking = setInterval(() => server.clock.advance(0.5), 5);
    await wanted.promise;
    clearInterval(ticking);
    expect(taken).toMatchObject([
      { from: 'alice', text: 'one' },
      { from: 'alice', text: 'two' },
    ]);
    expect(server.failures).toEqual(noticesOf(server));
    expect(noticesOf(server)).toHaveLength(1);
  }
  receiver.close();
  receiver.closeAllConnections();
});

test('bot: it answers who writes to it', async () => {
  await using server = await startServer({
    bot: withOptions(bot, { name: 'Clerk', answers: { open: 'from 9 to 5' } }),
  });
  const alice = await server.joins('alice');
  await alice.says('message clerk when are you open?');
  await alice.sees('sent:');
  await alice.hears('Clerk', 'from 9 to 5');
  await alice.says('message (clerk ghost) hm');
  await alice.sees('sent:ghost');
  await alice.hears('Clerk', 'I know about: open');
  await alice.says('broadcast open');
  await alice.sees('sent:');
  await alice.seesNothing();
});

test('welcome: names another plugin, and the sentence says what does so now', async () => {
  await expect(startServer({ welcome })).rejects.toThrow(
    /^The plugin 'welcome': hooks.onLogin.before is no longer supported.*`order`, 'pre' or 'post'/,
  );
});

test('http-endpoint: it tells who is online', async () => {
  await using server = await startServer({ http: { port: 0 }, online: httpEndpoint });
  await server.joins('alice');
  const at = `http://${server.listening.get('http')}`;
  expect(await (await fetch(`${at}/online`)).json()).toEqual(['alice']);
  expect((await fetch(`${at}/elsewhere`)).status).toBe(404);
});

test('directory: another login in the place of passwords and registration', async () => {
  const people = { alice: PASSWORD };
  const directory = withOptions(directoryStub, { people });
  await using server = await startServer({ password: false, registration: false, directory, directoryLogin });
  const alice = server.connect();
  await alice.says('mallory', 'alice', 'guess');
  await alice.seesInOrder('username', 'password', 'password');
  await alice.says(PASSWORD);
  await alice.sees('welcome');
});

test('the template of a command', async () => {
  await using server = await startServer({ command: withOptions(command, { most: 3 }) });
  const alice = await server.joins('alice');
  await alice.says('example', 'example 3', 'example 4');
  await alice.seesInOrder('well done, alice!', 'well done, alice!!!', 'error:args:example');
});

test('the template of a hook', async () => {
  await using server = await startServer({ hook: withOptions(hook, { longest: 10 }) });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('message bob   hello  ', 'message bob hello hello hello');
  await alice.seesInOrder('sent:', 'error:too-long:message');
  await bob.hears('alice', 'hello');
  await bob.seesNothing();
});

test('the template of a service, and a command that uses it', async () => {
  const logins = defineCommand({
    name: 'logins',
    usage: 'logins',
    summary: 'Tells how often you have logged in',
    needs: { logins: Logins },
    run: ({ account }, { logins }) => String(logins.of(account.name)),
  });
  await using server = await startServer({ service, logins });
  const first = await server.joins('alice');
  await first.logsOut();
  const alice = await server.returns('alice');
  expect(await alice.asks('logins')).toBe('2');
});

test('the template of a transport', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'released-'));
  const file = join(folder, 'chat.sock');
  try {
    await using server = await startServer({ transport: withOptions(transport, { file }) });
    const socket = connect(file);
    await once(socket, 'connect');
    const alice = new LineClient(socket, 'alice', () => server.clock.now());
    await alice.registers('alice', 'tea-at-four');
    await alice.logsIn('alice', 'tea-at-four');
    const bob = await server.joins('bob');
    expect(await bob.asks('message alice hi')).toBe('sent:');
    await alice.hears('bob', 'hi');
    await alice.logsOut();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a handler in the form of the last release does what it did, with one notice for a plugin', async () => {
  const old = definePlugin({
    name: 'old',
    summary: 'Was written for the last release',
    setup: () => ({
      hooks: {
        onMessage: {
          order: 'pre',
          handler(message) {
            if (message.text === 'darn') return refuse('word');
            message.text = `${message.text}!`;
            return undefined;
          },
        },
        onCommand(_session, call) {
          if (call.command === 'whoelse') return 'nobody you know';
          if (call.rest === 'bob late') call.rest = 'bob later';
          return call.command === 'fetch' ? refuse('later') : undefined;
        },
        onUsername: { phase: 'guard', handler: (_session, name) => (name === 'mallory' ? refusal : undefined) },
      },
    }),
  });
  const refusal = { kind: 'username', because: 'username' } as const;
  await using server = await startServer({ old });
  const stranger = server.connect();
  expect(await stranger.asks('mallory')).toBe('username');
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('message bob darn', 'message bob late', 'whoelse', 'fetch');
  await alice.seesInOrder('error:word:message', 'sent:', 'nobody you know', 'error:later:fetch');
  await bob.hears('alice', 'later!');
  expect(server.failures.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^plugin 'old' uses the previous release's form of onMessage.*docs\/plugins\/hooks.md\)$/),
  ]);
  await server.reload({ old });
  expect(noticesOf(server)).toHaveLength(1);
});

test('a command in the form of the last release counts its words and reads its line, with one notice for a plugin', async () => {
  const old = definePlugin({
    name: 'old',
    summary: 'Was written for the last release',
    setup: () => ({
      commands: [
        { name: 'say', usage: 'say <text>', summary: 'Says it', args: { min: 1, max: 2 }, run: ({ rest }) => rest },
        { name: 'list', usage: 'list [word]', summary: 'Lists', run: ({ args: [word = 'all'] }) => word },
      ],
    }),
  });
  await using server = await startServer({ old });
  const alice = await server.joins('alice');
  await alice.says('say', 'say  a  b', 'say a b c', 'list', 'list one two', 'help say');
  await alice.seesInOrder(
    'error:args:say',
    ' a  b',
    'error:args:say',
    'all',
    'one',
    'say <text> - Says it',
    'end:help',
  );
  expect(server.failures.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^plugin 'old' reads the arguments of the command 'say' in the previous release's form/),
  ]);
});

test('names of the last release: likenesses, limitMet, limitsMet, and a key that says `again`', async () => {
  const repeat = defineCommand({
    name: 'repeat',
    summary: 'Sends one message twice under one key',
    params: {},
    async run({ account }, { server }) {
      server.limitMet('repeats');
      const once = { key: 'k', again: true };
      const post = { from: account, to: 'everyone', text: 'tea', once } as unknown as Post;
      await server.post(post);
      await server.post(post);
      return undefined;
    },
  });
  await using server = await startServer({ repeat });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('repeat');
  await bob.hears('alice', 'tea');
  await bob.seesNothing();
  expect(server.limitsMet).toEqual({ repeats: 1 });
  expect(likenesses('bob')).toEqual(skeletons('bob'));
});
