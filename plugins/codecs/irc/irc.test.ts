import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../test/support/irc-client.ts';

const KEEPS_ACCOUNT = 'A connection keeps its account: connect again to log in as somebody else';

const IRC = { irc: { name: 'irc.example', everyone: '' } };

test('two clients talk in a channel, and to each other', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  const bob = await IrcClient.joins(server, 'bob');
  expect(await alice.asks('JOIN #lab')).toEqual([
    ':alice!alice@irc.example JOIN #lab',
    ':irc.example 353 alice = #lab @alice',
    ':irc.example 366 alice #lab :End of /NAMES list',
  ]);
  expect(await bob.asks('JOIN #lab')).toEqual([
    ':bob!bob@irc.example JOIN #lab',
    ':irc.example 353 bob = #lab :@alice bob',
    ':irc.example 366 bob #lab :End of /NAMES list',
  ]);
  expect(await bob.asks('PRIVMSG #lab :hello', 'PRIVMSG alice :psst', 'PART #lab :so long')).toEqual([
    ':bob!bob@irc.example PART #lab :so long',
  ]);
  expect(await alice.asks()).toEqual([
    ':bob!bob@irc.example JOIN #lab',
    ':bob!bob@irc.example PRIVMSG #lab :hello',
    ':bob!bob@irc.example PRIVMSG alice :psst',
    ':bob!bob@irc.example PART #lab :so long',
  ]);
});

test('rooms outlive the connection: a member is shown while it is online', async () => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  await alice.asks('JOIN #lab', 'TOPIC #lab :Tea at four');
  const bob = await server.joins('bob');
  await bob.asks('join #lab');
  await alice.reads(/^:bob!bob@irc\.example JOIN #lab$/);
  await bob.logsOut();
  await alice.reads(/^:bob!bob@irc\.example QUIT :Connection closed$/);
  alice.says('QUIT :so long');
  expect(await alice.ends()).toEqual(['ERROR :Closing link: alice (so long)']);
  const again = await IrcClient.logIn(server, { nick: 'alice', password: PASSWORD });
  expect(await again.asks()).toEqual([
    ':alice!alice@irc.example JOIN #lab',
    ':irc.example 332 alice #lab :Tea at four',
    ':irc.example 333 alice #lab alice!alice@irc.example 1767225600',
    ':irc.example 353 alice = #lab @alice',
    ':irc.example 366 alice #lab :End of /NAMES list',
  ]);
  await server.returns('bob');
  await again.reads(/^:bob!bob@irc\.example JOIN #lab$/);
});

test('the answer to a line with a label has the label', async () => {
  await using server = await startServer(IRC);
  const capabilities = ['labeled-response', 'batch', 'message-tags', 'echo-message'];
  const alice = await IrcClient.joins(server, 'alice', capabilities);
  await IrcClient.joins(server, 'bob');
  const [ping, ack, start, first, second, end] = await alice.asks(
    '@label=1 PING x',
    '@label=2 PONG x',
    '@label=3 PRIVMSG bob,nobody :hello',
  );
  expect(ping).toBe('@label=1 :irc.example PONG irc.example x');
  expect(await alice.asks('@label= PONG x', '@label PING x')).toEqual([':irc.example PONG irc.example x']);
  expect(ack).toBe('@label=2 :irc.example ACK');
  expect(start).toBe('@label=3 :irc.example BATCH +1 labeled-response');
  expect(first).toMatch(/^@batch=1;msgid=\d+ :alice!alice@irc\.example PRIVMSG bob :?hello$/);
  expect(second).toBe('@batch=1 :irc.example 401 alice nobody :No such nick/channel');
  expect(end).toBe(':irc.example BATCH -1');
});

test.each([
  ['FROB', ':irc.example 421 alice FROB :Unknown command'],
  ['JOIN', ':irc.example 461 alice JOIN :Not enough parameters'],
  ['PRIVMSG', ':irc.example 411 alice :No recipient given (PRIVMSG)'],
  ['PRIVMSG bob', ':irc.example 412 alice :No text to send'],
  ['PRIVMSG #nowhere :x', ':irc.example 403 alice #nowhere :There is no room #nowhere.'],
  ['PART #nowhere', ':irc.example 403 alice #nowhere :No such channel'],
  ['PASS x', ':irc.example 462 alice :You may not reregister'],
  ['AUTHENTICATE PLAIN', `:irc.example 907 alice :${KEEPS_ACCOUNT}`],
])('%s is answered with an error', async (line, answer) => {
  await using server = await startServer(IRC);
  const alice = await IrcClient.joins(server, 'alice');
  expect(await alice.asks(line)).toEqual([answer]);
});
