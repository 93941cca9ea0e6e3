import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Accounts } from 'chatserv';
import { type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test, vi } from 'vitest';
import { accountsOf } from '../../../test/support/accounts.ts';
import { hashSecret } from './hash.ts';

/** What each argon2 hash cost, in the order in which they were begun. */
const work: { memory: number; passes: number }[] = [];

let finished = 0;

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const argon2: typeof crypto.argon2 = (algorithm, parameters, callback) => {
    work.push({ memory: parameters.memory, passes: parameters.passes });
    crypto.argon2(algorithm, parameters, (...result) => {
      finished++;
      callback(...result);
    });
  };
  return { ...crypto, argon2 };
});

/** Made with `echo -n tea-at-four | argon2 somesalt -id -k 8192 -t 1 -p 4 -e`. */
const PARALLEL = '$argon2id$v=19$m=8192,t=1,p=4$c29tZXNhbHQ$+kutXnnMhFasIAq1MOj4J5LWSogopEGUZi0aI96f4Cg';

/** What hashes cost in tests. */
const COST = { memory: 8192, passes: 1 };

/** What a wrong password costs whoever is made by `prepare`, and what is answered. */
async function wrongPassword(prepare: (server: TestServer, accounts: Accounts) => Promise<void>) {
  await using server = await startServer();
  const accounts = accountsOf(server);
  await accounts.create('alice', await hashSecret(PASSWORD, COST));
  await prepare(server, accounts);
  const client = server.connect('a guesser');
  await client.says('alice');
  await client.sees('password');
  if (prepare === removed) await accounts.remove((await accounts.find('alice'))?.id ?? 0);
  work.length = 0;
  const answer = await client.asks('not the right one');
  return { answer, work: [...work] };
}

const removed = async () => {};

test.each([
  ['a hash of today', async () => {}],
  ['an imported SHA-1', (_: TestServer, accounts: Accounts) => setHash(accounts, `$sha1$${'0'.repeat(40)}`)],
  ['a hash that nobody can read', (_: TestServer, accounts: Accounts) => setHash(accounts, 'x')],
  ['no account any more', removed],
])('a wrong password costs one current hash and is answered alike, with %s', async (_what, prepare) => {
  expect(await wrongPassword(prepare)).toEqual({ answer: 'password', work: [COST] });
});

async function returns(server: TestServer, name: string, password: string): Promise<LineClient> {
  const client = server.connect(name);
  await client.logsIn(name, password);
  return client;
}

async function setHash(accounts: Accounts, hash: string): Promise<void> {
  await accounts.setHash((await accounts.find('alice'))?.id ?? 0, hash);
}

test('passwords of a blocked user are not checked', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const [guesser, other] = [server.connect(), server.connect()];
  await other.says('alice');
  await other.sees('password');
  await guesser.says('alice', 'wrong 1', 'wrong 2', 'wrong 3');
  await guesser.seesInOrder('password', 'password', 'password', '60');
  work.length = 0;
  await other.says(PASSWORD);
  await other.sees('60');
  expect(work).toEqual([]);
});

test.each([
  ['of other costs', () => hashSecret(PASSWORD, { memory: 8200, passes: 2 })],
  ['of several lanes', async () => PARALLEL],
  ['of SHA-1', async () => `$sha1$${createHash('sha1').update(PASSWORD).digest('hex')}`],
])('a hash %s is replaced at the login', async (_what, make) => {
  await using server = await startServer();
  const accounts = accountsOf(server);
  await accounts.create('alice', await make());
  await server.returns('alice');
  const hash = (await accounts.find('alice'))?.hash ?? '';
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=8192,t=1,p=1\$/);
});

test('a password matches in any Unicode form, and one hashed as typed still matches', async () => {
  await using server = await startServer();
  const accounts = accountsOf(server);
  const typed = 'cafe\u0301\u00a0au lait';
  await accounts.create('old', await hashSecret(typed, COST));
  await (await returns(server, 'old', typed)).logsOut();
  await (await returns(server, 'old', 'caf\u00e9 au lait')).logsOut();
  const client = server.connect('new');
  await client.registers('new', typed);
  await client.logsIn('new', 'caf\u00e9 au lait');
});

test('a password that waits too long is answered busy, counted, and not logged as a failure', async () => {
  await using server = await startServer({ connections: false, 'login-rate': false });
  await server.registers('alice');
  const clients = Array.from({ length: 40 }, (_, i) => server.connect(`guest ${i}`, `198.51.100.${i}`));
  await Promise.all(clients.map((client) => client.asks('alice')));
  for (const client of clients) await client.says('not this one');
  // The last ones wait for those before them.
  server.clock.advance(4);
  const answers = await Promise.all(clients.map((client) => client.sees(/./)));
  const busy = answers.filter((answer) => answer === 'closing:busy').length;
  expect(busy).toBeGreaterThan(0);
  expect(answers.length - busy).toBeGreaterThan(0);
  expect(server.limitHits).toMatchObject({ 'passwords-waiting': busy });
  expect(server.failures).toEqual([]);
});

test('chat and file access go on while hundreds log in', async () => {
  await using server = await startServer({ connections: false, 'login-rate': false });
  await server.registers('guessed');
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  for (let i = 0; i < 300; i++) {
    const client = server.connect(`guesser ${i}`, `198.51.100.${i % 256}`);
    await client.says('guessed');
    await client.sees('password');
    await client.says('not the right one');
  }
  finished = 0;
  for (let i = 0; i < 100; i++) {
    await alice.says(`message bob ${i}`);
    await bob.hears('alice', String(i));
    await alice.sees('sent:');
    await stat('package.json');
  }
  expect(finished).toBeLessThan(150);
});
