import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '', pingTime: 100 } };

/** Alice and Bob are in #lab; Bob is offline. */
async function town(server: TestServer): Promise<IrcClient> {
  const alice = await IrcClient.joins(server, 'alice');
  await alice.asks('JOIN #lab');
  const bob = await server.joins('bob');
  await bob.asks('join #lab');
  await bob.logsOut();
  await alice.reads(/QUIT/);
  return alice;
}

test('a client is sent what it has missed after the names, in a batch for each conversation', async () => {
  await using server = await startServer(IRC);
  const alice = await town(server);
  await alice.asks('PRIVMSG #lab :one', 'PRIVMSG bob :two', 'PRIVMSG #lab :three');
  const capabilities = ['batch', 'server-time'];
  const bob = await IrcClient.logIn(server, { nick: 'bob', password: PASSWORD, capabilities });
  const time = 'time=2026-01-01T00:00:00.000Z';
  expect(await bob.asks()).toEqual([
    ':bob!bob@irc.example JOIN #lab',
    ':irc.example 353 bob = #lab :@alice bob',
    ':irc.example 366 bob #lab :End of /NAMES list',
    ':irc.example BATCH +1 chathistory #lab',
    `@batch=1;${time} :alice!alice@irc.example PRIVMSG #lab :one`,
    ':irc.example BATCH +2 chathistory alice',
    `@batch=2;${time} :alice!alice@irc.example PRIVMSG bob :two`,
    `@batch=1;${time} :alice!alice@irc.example PRIVMSG #lab :three`,
    ':irc.example BATCH -1',
    ':irc.example BATCH -2',
  ]);
  await alice.asks('PRIVMSG #lab :four');
  expect(await bob.asks()).toEqual([`@${time} :alice!alice@irc.example PRIVMSG #lab :four`]);
});

test('a client without batches is sent it as messages, and nothing twice', async () => {
  await using server = await startServer(IRC);
  const alice = await town(server);
  await alice.asks('PRIVMSG #lab :one', 'PRIVMSG bob :two');
  const bob = await IrcClient.logIn(server, { nick: 'bob', password: PASSWORD });
  expect((await bob.asks()).slice(3)).toEqual([
    ':alice!alice@irc.example PRIVMSG #lab :one',
    ':alice!alice@irc.example PRIVMSG bob :two',
  ]);
  bob.says('QUIT');
  await bob.ends();
  const again = await IrcClient.logIn(server, { nick: 'bob', password: PASSWORD });
  expect((await again.asks()).slice(3)).toEqual([]);
});

test('each device gets what it lacks', async () => {
  await using server = await startServer(IRC);
  const alice = await town(server);
  await alice.asks('PRIVMSG bob :one');
  const phone = await IrcClient.logIn(server, { nick: 'bob', as: 'bob@phone', password: PASSWORD });
  expect(await phone.asks()).toContain(':alice!alice@irc.example PRIVMSG bob :one');
  const laptop = await IrcClient.logIn(server, { nick: 'bob', as: 'bob@laptop', password: PASSWORD });
  expect(await laptop.asks()).toContain(':alice!alice@irc.example PRIVMSG bob :one');
  await laptop.asks('PRIVMSG alice :two');
  // What it says on one device, the other one shows in the conversation with Alice.
  expect(await phone.asks()).toEqual([':bob!bob@irc.example PRIVMSG alice :two']);
});

test('a quiet client is sent a PING, and closed if it does not answer', async () => {
  await using server = await startServer(IRC);
  const alice = await town(server);
  const bob = await IrcClient.logIn(server, { nick: 'bob', password: PASSWORD });
  await bob.asks();
  server.clock.advance(100);
  await bob.reads(/^PING :?irc\.example$/);
  await alice.asks('PONG irc.example');
  server.clock.advance(100);
  expect(await bob.ends()).toEqual(['ERROR :Closing link: bob (Ping timeout: 200 seconds)']);
  await alice.reads(/^:bob!bob@irc\.example QUIT :Ping timeout: 200 seconds$/);
});

test('a client that logs in with its password takes over from the session it has lost', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const login = IrcClient.logIn(server, { nick: 'alice', password: PASSWORD });
  // It does not answer.
  await alice.reads(/^PING /);
  server.clock.advance(2);
  const again = await login;
  expect(await alice.ends()).toEqual(['ERROR :Closing link: alice (replaced)']);
  expect(await again.asks('PING x')).toEqual([':irc.example PONG irc.example x']);
});

test('of many new messages in a room a client is sent the latest, and told how many there are', async () => {
  await using server = await startServer({ ...IRC, history: { catchUp: 2, announce: false } });
  const alice = await town(server);
  await alice.asks(...['one', 'two', 'three', 'four'].map((text) => `PRIVMSG #lab :${text}`));
  const bob = await IrcClient.logIn(server, { nick: 'bob', password: PASSWORD });
  expect((await bob.asks()).slice(3)).toEqual([
    ':irc.example NOTICE #lab :2 new',
    ':alice!alice@irc.example PRIVMSG #lab :three',
    ':alice!alice@irc.example PRIVMSG #lab :four',
  ]);
});

test('what was delivered counts as read', async () => {
  await using server = await startServer(IRC);
  const alice = await town(server);
  const unread = async (capabilities: readonly string[]) => {
    await alice.asks('PRIVMSG #lab :hello');
    const bob = await IrcClient.logIn(server, { nick: 'bob', password: PASSWORD, capabilities });
    await bob.asks();
    bob.says('QUIT');
    await bob.ends();
    const page = await server.returns('bob');
    await page.sees(/ alice: hello$/);
    const answer = await page.asks('unread');
    await page.logsOut();
    return answer;
  };
  expect(await unread([])).not.toContain('#lab');
});

test('switched on in a running server, it knows who is there', async () => {
  await using server = await startServer();
  const bob = await server.joins('bob');
  await bob.asks('create #lab');
  await server.reload(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  expect((await alice.asks('JOIN #lab')).filter((line) => line.includes(' 353 '))).toEqual([
    ':irc.example 353 alice = #lab :@bob alice',
  ]);
  await bob.sees(/ alice joined$/);
  await bob.logsOut();
  await alice.reads(/^:bob!bob@irc\.example QUIT /);
});

test('a line that exceeds a rate is refused, and holds up nobody', async () => {
  await using server = await startServer(IRC, { linesPerSecond: 1, lineBurst: 40 });
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await IrcClient.joins(server, 'bob');
  for (let i = 0; i < 60; i++) alice.says('LUSERS');
  await alice.reads(/^:irc\.example 263 alice LUSERS /);
  expect(await bob.asks()).toEqual([]);
});
