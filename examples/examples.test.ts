import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { withOptions } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { Folder } from '../test/support/command-line.ts';
import bot from './bot.ts';
import directoryLogin from './directory/login.ts';
import directoryStub from './directory/stub.ts';
import greet from './greeter/greet.ts';
import hours from './greeter/hours.ts';
import plain from './greeter/plain.ts';
import httpEndpoint from './http-endpoint.ts';
import poll from './poll.ts';
import rateLimit from './rate-limit.ts';
import remember from './remember.ts';
import roll from './roll.ts';
import roomPoll from './room-poll.ts';
import shout from './shout.ts';
import webhook from './webhook.ts';
import welcome from './welcome.ts';
import wordfilter from './wordfilter.ts';

test('roll: a command with arguments and options', async () => {
  await using server = await startServer({ roll: withOptions(roll, { sides: 2 }) });
  const alice = await server.joins('alice');
  await alice.says('roll', 'roll 1', 'roll six', 'roll 2 3');
  await alice.seesInOrder(/^rolled [12]$/, 'error:args:roll', 'error:args:roll', 'error:args:roll');
});

test('room-poll: a live result, which survives a restart', async () => {
  await using folder = await Folder.with({});
  const plugins = { roomPoll, memory: false, sqlite: { file: `${folder.path}/chat.db` } };
  {
    await using server = await startServer(plugins);
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('create #lab')).toBe('created:#lab');
    expect(await bob.asks('poll #lab tea?')).toBe('error:not-member:poll');
    expect(await bob.asks('join #lab')).toBe('joined:#lab');
    await alice.sees(/bob joined$/);
    const [, id] = (await alice.asks('poll #lab tea?')).split(':');
    await bob.sees(new RegExp(`alice asks: tea\\? \\(vote ${id} yes or no\\)$`));
    expect(await bob.asks(`vote ${id} no`)).toBe('voted: yes 0, no 1');
    await alice.sees(/#lab bob votes no: yes 0, no 1$/);
    expect(await alice.asks(`vote ${id} yes`)).toBe('voted: yes 1, no 1');
    await bob.sees(/#lab alice votes yes: yes 1, no 1$/);
    expect(await bob.asks(`vote ${id} yes`)).toBe('voted: yes 2, no 0');
    await alice.sees(/#lab bob votes yes: yes 2, no 0$/);
    await alice.says(`vote ${id} perhaps`, `vote ${Number(id) + 1} yes`);
    await alice.seesInOrder('error:choice:vote', 'error:unknown:vote');
    for (const [typed, shown] of [
      ['fish, pizza', 'fish or pizza'],
      ['fish and chips, pizza or pasta', 'fish and chips or pizza or pasta'],
      ['fish; Pizza, or pasta,', 'fish or Pizza or pasta'],
      ['fish pizza', 'fish or pizza'],
    ]) {
      const [, lunch] = (await alice.asks(`poll #lab lunch? ${typed}`)).split(':');
      await bob.sees(new RegExp(`lunch\\? \\(vote ${lunch} ${shown}\\)$`));
      if (shown?.startsWith('fish and')) {
        expect(await bob.asks(`vote ${lunch} Fish and chips`)).toBe('voted: fish and chips 1, pizza 0, pasta 0');
        await alice.sees(/bob votes fish and chips/);
      }
    }
  }
  await using server = await startServer(plugins);
  const [alice, carol] = [await server.returns('alice'), await server.joins('carol')];
  expect(await alice.asksUntil('result 4', 'tea? yes 2, no 0')).toBeUndefined();
  expect(await carol.asks('result 4')).toBe('error:unknown:result');
});

test('remember: data of each user', async () => {
  await using server = await startServer({ remember });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.says('remember tea no sugar', 'remember tea  two  sugars', 'recall tea', 'recall milk', 'remember * x');
  await alice.seesInOrder('remembered:', 'remembered:', ' two  sugars', 'error:unknown:recall', 'error:args:remember');
  expect(await bob.asks('recall tea')).toBe('error:unknown:recall');
  expect(await bob.asks(`recall ${'x'.repeat(600)}`)).toBe('error:unknown:recall');
  expect(server.failures).toEqual([]);
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

test('rate-limit: a burst for each session, refilled over time', async () => {
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

test('poll: an open vote survives a reload', async () => {
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

test('webhook: retried until it succeeds, in order', async () => {
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
    expect(server.failures).toEqual([]);
  }
  receiver.close();
  receiver.closeAllConnections();
});

test('bot: answers the messages it gets', async () => {
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

test('welcome: only the user who logs in is told how many messages they missed', async () => {
  await using server = await startServer({ welcome });
  await server.registers('alice');
  const bob = await server.joins('bob');
  await bob.says('message alice one', 'broadcast two');
  await bob.seesInOrder('sent:', 'sent:');
  const alice = await server.returns('alice');
  await alice.hears('bob', 'one');
  await alice.hears('bob', 'two');
  await alice.hears('*server*', 'you missed 2 messages');
  await bob.seesNothing();
  await alice.logsOut();
  const again = await server.returns('alice');
  await again.seesNothing();
});

test('http-endpoint: returns who is online', async () => {
  await using server = await startServer({ http: { port: 0 }, online: httpEndpoint });
  await server.joins('alice');
  const at = `http://${server.listening.get('http')}`;
  expect(await (await fetch(`${at}/online`)).json()).toEqual(['alice']);
  expect((await fetch(`${at}/elsewhere`)).status).toBe(404);
});

test('directory: a login that replaces passwords and registration', async () => {
  const people = { alice: PASSWORD };
  const directory = withOptions(directoryStub, { people });
  await using server = await startServer({ password: false, registration: false, directory, directoryLogin });
  const alice = server.connect();
  await alice.says('mallory', 'alice', 'guess');
  await alice.seesInOrder('username', 'password', 'password');
  await alice.says(PASSWORD);
  await alice.sees('welcome');
  const second = server.connect();
  expect(await second.asks('alice')).toBe('connected');
  await alice.logsOut();
  // The limits of the standard set hold for it too, however many guess at one moment.
  const guessers = Array.from({ length: 8 }, () => server.connect('a guesser', '198.51.100.1'));
  for (const guesser of guessers) expect(await guesser.asks('alice')).toBe('password');
  const answers = guessers.map((guesser, i) => guesser.asks(i === 7 ? PASSWORD : 'guess'));
  expect(await Promise.all(answers)).toEqual(['password', 'password', ...new Array(6).fill('60')]);
});
