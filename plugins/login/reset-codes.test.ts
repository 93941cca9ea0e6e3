import { Accounts, ResetCodes } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** Makes a code for a user. */
async function codeFor(server: TestServer, name: string): Promise<string> {
  const accounts = server.host.service(Accounts.service) as Accounts;
  const codes = server.host.service(ResetCodes.service) as ResetCodes;
  const account = await accounts.find(name);
  return (await codes.issue(account as NonNullable<typeof account>))?.code ?? '';
}

test('on plain lines the code takes the place of the password, and two lines choose a new one', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const code = await codeFor(server, 'alice');
  const alice = server.connect('alice');
  await alice.says('alice', code.toLowerCase().replaceAll('-', ''));
  await alice.seesInOrder('password', 'password:reset');
  await alice.says('coffee-at-ten', 'coffee-at-two');
  await alice.sees('password');
  await alice.says('alicealice', 'alicealice');
  await alice.sees('password:like-the-name');
  await alice.says('coffee-at-ten', 'coffee-at-ten');
  await alice.sees('welcome');
  expect(await alice.asks('who')).toBe('alice');
  await alice.logsOut();
  const again = server.connect('alice');
  await again.logsIn('alice', 'coffee-at-ten');
  expect(server.failures).toEqual([]);
});

test('the reset closes the other sessions of the account, and keeps its own', async () => {
  await using server = await startServer({ 'single-session': false });
  const before = await server.joins('alice');
  const alice = server.connect('alice');
  await alice.says('alice', await codeFor(server, 'alice'), 'coffee-at-ten', 'coffee-at-ten');
  await alice.seesInOrder('password', 'password:reset', 'welcome');
  await before.sees('closing:signed-out');
  expect(await alice.asks('who')).toBe('alice');
});

test('a code expires, is replaced by the next one, and ends with a new password', async () => {
  await using server = await startServer({ 'reset-codes': { lifetime: 600 }, lockout: false, 'login-rate': false });
  await server.registers('alice', 'bob');
  const tries = async (name: string, code: string) => {
    const client = server.connect(name);
    await client.says(name, code);
    await client.sees('password');
    const answer = await client.next('an answer');
    await client.closes();
    return answer;
  };
  const first = await codeFor(server, 'alice');
  const second = await codeFor(server, 'alice');
  expect(await tries('alice', first)).toBe('password');
  expect(await tries('bob', second)).toBe('password');
  expect(await tries('alice', second)).toBe('password:reset');
  server.clock.advance(599);
  expect(await tries('alice', second)).toBe('password:reset');
  server.clock.advance(1);
  expect(await tries('alice', second)).toBe('password');
  const third = await codeFor(server, 'alice');
  const accounts = server.host.service(Accounts.service) as Accounts;
  const account = await accounts.find('alice');
  await accounts.setHash(account?.id ?? 0, account?.hash ?? '');
  expect(await tries('alice', third)).toBe('password');
});

test('of two clients with one code, the first to choose a password wins', async () => {
  await using server = await startServer({ lockout: false });
  await server.registers('alice');
  const code = await codeFor(server, 'alice');
  const clients = [server.connect('one', '198.51.100.1'), server.connect('other', '198.51.100.2')];
  for (const client of clients) {
    await client.says('alice', code);
    await client.seesInOrder('password', 'password:reset');
  }
  const [one, other] = clients;
  await one?.says('coffee-at-ten', 'coffee-at-ten');
  await one?.sees('welcome');
  await other?.says('stolen-at-ten', 'stolen-at-ten');
  await other?.sees('password');
  const again = server.connect('alice');
  await again.says('alice');
  await again.sees('connected');
});

test('wrong codes are counted like wrong passwords, and during a block the right one is not checked', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const code = await codeFor(server, 'alice');
  const alice = server.connect('alice');
  await alice.says('alice', 'K7QD0-1XH9W-RT4CF', 'K7QD0-1XH9W-RT4CF', 'K7QD0-1XH9W-RT4CF');
  await alice.seesInOrder('password', 'password', 'password', '60');
  const blocked = server.connect('alice');
  await blocked.says('alice', code);
  await blocked.sees('blocked:60');
  expect(server.limitHits).toMatchObject({ 'wrong-passwords': 1 });
});
