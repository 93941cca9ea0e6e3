import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

const IRC = { irc: { name: 'irc.example', everyone: '' } };

test('REGISTER before the login registers the nick, and the client is logged in as that', async () => {
  await using server = await startServer(IRC);
  const alice = IrcClient.connect(server);
  for (const line of ['CAP LS 302', 'CAP REQ draft/account-registration', 'NICK alice']) alice.says(line);
  expect(await alice.reads(/ draft\/account-registration/)).toMatch(/ draft\/account-registration=before-connect /);
  alice.says(`REGISTER * * ${PASSWORD}`);
  await alice.reads(/^:irc\.example REGISTER SUCCESS alice :You are registered\.$/);
  await alice.reads(/^:irc\.example 900 alice alice!alice@irc\.example alice :You are now logged in as alice$/);
  alice.says(`REGISTER * * ${PASSWORD}`);
  await alice.reads(/^:irc\.example FAIL REGISTER ALREADY_AUTHENTICATED \* /);
  alice.says('VERIFY alice 123');
  await alice.reads(/^:irc\.example FAIL VERIFY ALREADY_AUTHENTICATED alice /);
  for (const line of ['USER al 0 * :Alice', 'CAP END']) alice.says(line);
  expect(await alice.reads(/ (001|900|903) /)).toMatch(/ 001 alice /);
  alice.says('QUIT');
  await alice.ends();
  await IrcClient.logIn(server, { nick: 'alice', password: PASSWORD });
});

test('a REGISTER with everything else that a login needs is followed by the welcome', async () => {
  await using server = await startServer(IRC);
  const alice = IrcClient.connect(server);
  for (const line of ['CAP LS 302', 'NICK alice', 'USER al 0 * :Alice', `REGISTER alice * ${PASSWORD}`, 'CAP END']) {
    alice.says(line);
  }
  await alice.reads(/ REGISTER SUCCESS alice /);
  await alice.reads(/ 900 alice alice!al@irc\.example alice /);
  await alice.reads(/ 001 alice /);
});

test.each([
  ['a password that is missing', ['NICK bob', 'REGISTER * *'], '461 bob REGISTER :'],
  ['a name without a nick', [`REGISTER bob * ${PASSWORD}`], 'FAIL REGISTER NEED_NICK * :'],
  ['another name', ['NICK bob', `REGISTER bo * ${PASSWORD}`], 'FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK bo :'],
  ['a weak password', ['NICK bob', 'REGISTER * * bob'], 'FAIL REGISTER WEAK_PASSWORD bob :'],
  ['a name that is taken', ['NICK alice', `REGISTER * * ${PASSWORD}`], 'FAIL REGISTER ACCOUNT_EXISTS alice :'],
  ['a look-alike', ['NICK A1ICE', `REGISTER * * ${PASSWORD}`], 'FAIL REGISTER ACCOUNT_EXISTS A1ICE :'],
  ['a name that nobody can have', ['NICK a:b', `REGISTER * * ${PASSWORD}`], 'FAIL REGISTER BAD_ACCOUNT_NAME a:b :'],
  ['a service', ['NICK NickServ', `REGISTER * * ${PASSWORD}`], 'FAIL REGISTER BAD_ACCOUNT_NAME NickServ :'],
  ['a code that was never sent', ['NICK bob', 'VERIFY bob 123'], 'FAIL VERIFY INVALID_CODE bob :'],
])('%s is refused, and the client can go on', async (_, lines, refusal) => {
  await using server = await startServer({ ...IRC, guests: { rooms: 'create', mark: false } });
  await IrcClient.joins(server, 'alice');
  const client = IrcClient.connect(server);
  for (const line of ['CAP LS 302', ...lines]) client.says(line);
  expect(await client.reads(/ (FAIL|461|900) /)).toMatch(`:irc.example ${refusal}`);
  for (const line of ['NICK bob', `REGISTER * * ${PASSWORD}`]) client.says(line);
  await client.reads(/ REGISTER SUCCESS bob /);
});

test('the nick of a guest who is here cannot be registered from elsewhere', async () => {
  await using server = await startServer({ ...IRC, guests: { rooms: 'create', mark: false } });
  await IrcClient.logIn(server, { nick: 'gil' });
  const other = IrcClient.connect(server);
  for (const line of ['NICK gil', `REGISTER * * ${PASSWORD}`]) other.says(line);
  await other.reads(/ FAIL REGISTER ACCOUNT_EXISTS gil /);
});

test('registrations before the login count against the limit of the network', async () => {
  await using server = await startServer({ ...IRC, registration: { perNetwork: 1, time: 60 } });
  const address = '198.51.100.1';
  for (const [nick, answer] of [
    ['alice', / REGISTER SUCCESS alice /],
    [
      'bob',
      /^:irc\.example FAIL REGISTER TEMPORARILY_UNAVAILABLE bob :Too many attempts\. Try again in \d+ seconds\.$/,
    ],
  ] as const) {
    const client = IrcClient.connect(server, address);
    for (const line of [`NICK ${nick}`, `REGISTER * * ${PASSWORD}`]) client.says(line);
    await client.reads(answer);
  }
});

test('without registration, nobody can register before the login', async () => {
  await using server = await startServer({ ...IRC, registration: false });
  const alice = IrcClient.connect(server);
  for (const line of ['CAP LS 302', 'NICK alice', `REGISTER * * ${PASSWORD}`]) alice.says(line);
  expect(await alice.reads(/ draft\/account-registration/)).toMatch(/ draft\/account-registration /);
  await alice.reads(/ FAIL REGISTER COMPLETE_CONNECTION_REQUIRED \* /);
});

test('where new users need an invitation, REGISTER tells of it', async () => {
  await using server = await startServer({ ...IRC, registration: { invitation: 'required' }, invitations: true });
  const alice = IrcClient.connect(server);
  for (const line of ['NICK alice', `REGISTER * * ${PASSWORD}`]) alice.says(line);
  await alice.reads(/ FAIL REGISTER TEMPORARILY_UNAVAILABLE alice :.*invitation/);
});
