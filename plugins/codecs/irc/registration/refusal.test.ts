import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' } };

test.each([
  ['without a password', [], 'This server lets in registered users only: log in with SASL, or with PASS before NICK'],
  [
    'with the password of nobody',
    ['PASS tea-at-four'],
    'There is no account of this name: register one first, such as on the web page',
  ],
])('a client %s is told how to log in, and let go', async (_, before, why) => {
  await using server = await startServer(IRC);
  const client = IrcClient.connect(server);
  for (const line of [...before, 'NICK bob', 'USER bob 0 * :Bob']) client.says(line);
  expect(await client.ends()).toEqual([`:irc.example 464 * :${why}`, 'ERROR :Closing link: * (denied)']);
});

test('a client that knows about accounts is told that it needs one', async () => {
  await using server = await startServer(IRC);
  const client = IrcClient.connect(server);
  for (const line of ['CAP REQ draft/account-registration', 'NICK bob', 'USER bob 0 * :Bob', 'CAP END'])
    client.says(line);
  expect(await client.ends()).toEqual([
    ':irc.example CAP * ACK draft/account-registration',
    expect.stringMatching(/^:irc\.example FAIL \* ACCOUNT_REQUIRED :This server lets in registered users only: /),
    'ERROR :Closing link: * (denied)',
  ]);
  const alice = await IrcClient.joins(server, 'alice');
  expect((await alice.asks('VERSION')).join()).toContain(' draft/ACCOUNTREQUIRED ');
});

test('a client with the nick of a user is told that it needs the password, and may take another nick', async () => {
  await using server = await startServer({ ...IRC, guests: { rooms: 'create', mark: false } });
  await server.registers('bob');
  const client = IrcClient.connect(server);
  for (const line of ['NICK bob', 'USER bob 0 * :Bob']) client.says(line);
  const why = 'That nickname is registered: log in with SASL, or with PASS before NICK';
  expect(await client.reads(/ 433 /)).toBe(`:irc.example 433 * bob :${why}`);
  client.says('NICK bobby');
  await client.reads(/ 001 bobby /);
});
