import { ResetCodes, withOptions } from 'chatserv';
import { type LineClient, PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import directoryLogin from '../../examples/directory/login.ts';
import directoryStub from '../../examples/directory/stub.ts';
import { accountsOf } from '../../test/support/accounts.ts';

const NEW = 'coffee-at-ten';

/** Calls the command and answers its questions. @returns the last line */
async function changes(client: LineClient, present: string, chosen = NEW): Promise<string> {
  await client.says('change-password', present, chosen, chosen);
  await client.seesInOrder('password', 'password:new');
  return client.next();
}

test('the session that changed the password stays, and tokens from before expire', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const phone = server.connectJson();
  const token = await phone.logsIn('alice', PASSWORD, 'phone');
  const alice = await server.returns('alice');
  expect(await changes(alice, PASSWORD)).toBe('done:');
  await phone.sees({ type: 'closing', reason: 'signed-out' });
  expect(await alice.asks('who')).toBe('alice');
  const again = server.connectJson();
  again.says({ type: 'resume', token });
  await again.sees({ type: 'ask', because: 'expired' });
  again.says({ type: 'login', name: 'alice', password: PASSWORD });
  await again.sees({ type: 'ask', because: 'wrong' });
  again.says({ type: 'login', name: 'alice', password: NEW, device: 'phone' });
  await again.sees({ type: 'welcome' });
  const events = server.logged.filter(({ facts }) => facts.event === 'password-change');
  expect(events).toMatchObject([{ facts: { account: 'alice' } }]);
});

test('wrong guesses count like those of a login: they block logins, and the block holds for the command', async () => {
  await using server = await startServer({}, { passwordAttempts: 10 });
  await server.registers('alice');
  const alice = await server.returns('alice');
  for (const answer of ['password', 'password', 'blocked', 'blocked']) {
    await alice.says('change-password', 'not hers');
    await alice.seesInOrder('password', `error:${answer}:change-password`);
  }
  // Not even the right one is checked.
  await alice.says('change-password', PASSWORD);
  await alice.seesInOrder('password', 'error:blocked:change-password');
  expect(await server.connect().asks('alice')).toBe('blocked:60');
  server.clock.advance(60);
  expect(await changes(alice, PASSWORD)).toBe('done:');
  expect(server.limitHits).toMatchObject({ 'wrong-passwords': 1 });
});

test('guesses in the command and at the login share the limit of their network', async () => {
  const address = '198.51.100.7';
  await using server = await startServer({ lockout: false, 'login-rate': { perNetwork: 2 } });
  await server.registers('alice');
  const alice = await server.returns('alice', address);
  await alice.says('change-password', 'one');
  await alice.seesInOrder('password', 'error:password:change-password');
  const guesser = server.connect('guesser', address);
  await guesser.says('alice');
  await guesser.sees('connected');
  await alice.says('change-password', 'two');
  await alice.seesInOrder('password', 'error:password:change-password');
  await alice.says('change-password', PASSWORD);
  await alice.seesInOrder('password', 'error:blocked:change-password');
});

test('the policy for passwords applies', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  await alice.says('change-password', PASSWORD, 'alicealice', 'alicealice');
  await alice.seesInOrder('password', 'password:new', 'password:like-the-name');
  await alice.says(NEW, NEW);
  await alice.sees('done:');
});

test('a login in the middle of it is judged by the password that holds when it is admitted', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const alice = await server.returns('alice');
  const phones = [1, 2, 3, 4].map(() => server.connectJson());
  await alice.says('change-password', PASSWORD, NEW);
  await alice.seesInOrder('password', 'password:new');
  const [done] = await Promise.all([
    alice.asks(NEW),
    ...phones.map((phone, number) =>
      phone.says({ type: 'login', name: 'alice', password: PASSWORD, device: `phone${number}` }),
    ),
  ]);
  expect(done).toBe('done:');
  // Whoever was in with the old password is out now.
  for (const phone of phones) {
    let event = await phone.next();
    while (event.type === 'welcome' || event.type === 'token') event = await phone.next();
    expect(['ask', 'blocked', 'closing']).toContain(event.type);
  }
  expect(await alice.asks('who')).toBe('alice');
});

test('a session that an admin signs out meanwhile changes nothing', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const accounts = accountsOf(server);
  const { id = 0, hash = '' } = (await accounts.find('alice')) ?? {};
  await alice.says('change-password', PASSWORD, NEW);
  await alice.seesInOrder('password', 'password:new');
  await accounts.signOut(id);
  await alice.sees('closing:signed-out');
  expect((await accounts.get(id))?.hash).toBe(hash);
});

test("who logs in with a directory's password has none to change", async () => {
  const directory = withOptions(directoryStub, { people: { boss: PASSWORD } });
  await using server = await startServer({ directory, directoryLogin });
  const boss = await server.returns('boss');
  expect(await boss.asks('change-password')).toBe('error:no-password:change-password');
});

test('a one-time code does not stand in for the password', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const account = await accountsOf(server).find('alice');
  const codes = server.host.service(ResetCodes.service) as ResetCodes;
  const { code = '' } = (account && (await codes.issue(account))) ?? {};
  await alice.says('change-password', code);
  await alice.seesInOrder('password', 'error:password:change-password');
});
