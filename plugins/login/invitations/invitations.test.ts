import { Accounts, Invitations, type MadeInvitation, type NewInvitation, Storage, z } from 'chatserv';
import { PASSWORD, startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

const service = <T>(server: TestServer, { service }: { readonly service: string }) => server.host.service(service) as T;

/** A server that requires invitations of new users, and has a user already. */
async function start(plugins: TestPlugins = {}): Promise<TestServer> {
  const server = await startServer({ timeouts: false, ...plugins });
  await server.registers('alice');
  await server.reload({ registration: { invitation: 'required' } });
  return server;
}

/** Makes an invitation of the host's. */
function invites(server: TestServer, more: Partial<NewInvitation> = {}): Promise<MadeInvitation> {
  return service<Invitations>(server, Invitations).create({ uses: 1, time: 3600, ...more });
}

async function usesLeft(server: TestServer): Promise<number[]> {
  const stored = service<Storage>(server, Storage).open('invitations', z.object({ left: z.int() }));
  return (await stored.list()).map(({ value }) => value.left);
}

test('a new user is asked for a code on a plain line, until it is right', async () => {
  await using server = await start();
  const { code } = await invites(server, { roles: ['helper'] });
  const bob = server.connect('bob');
  await bob.says('bob');
  await bob.sees('register');
  await bob.says('y');
  await bob.sees('invitation');
  await bob.says('');
  await bob.sees('invitation');
  await bob.says('00000-00000-00000');
  await bob.sees('invitation');
  await bob.says(code.toLowerCase());
  await bob.sees('password');
  await bob.says(PASSWORD, PASSWORD);
  await bob.sees('registered');
  await bob.logsIn('bob', PASSWORD);
  const bobs = await service<Accounts>(server, Accounts).find('bob');
  expect(bobs?.roles).toEqual(['helper']);
  expect(await usesLeft(server)).toEqual([0]);
  expect(server.failures).toEqual([]);
  // It was for one use.
  const eve = server.connect('eve');
  await eve.says('eve', 'y', code);
  await eve.seesInOrder('register', 'invitation', 'invitation');
});

test('a use is given back if the name was taken meanwhile, and not counted if the client leaves', async () => {
  await using server = await start();
  const { code } = await invites(server, { uses: 2 });
  const [one, other] = [server.connect('one'), server.connect('other')];
  for (const client of [one, other]) {
    await client.says('bob', 'y', code);
    await client.seesInOrder('register', 'invitation', 'password');
  }
  await one.says(PASSWORD, PASSWORD);
  await one.sees('registered');
  await other.says(PASSWORD, PASSWORD);
  await other.sees('username');
  expect(await usesLeft(server)).toEqual([1]);
  const third = server.connect('third');
  await third.says('carol', 'y', code);
  await third.seesInOrder('register', 'invitation', 'password');
  await third.closes();
  expect(await usesLeft(server)).toEqual([1]);
});

test('of many clients with a code for two, two register', async () => {
  await using server = await start();
  const { code } = await invites(server, { uses: 2 });
  const clients = Array.from({ length: 5 }, (_, i) => ({ client: server.connect(`c${i}`), name: `user-${i}` }));
  for (const { client, name } of clients) {
    await client.says(name, 'y', code);
    await client.seesInOrder('register', 'invitation', 'password');
  }
  const answers = await Promise.all(
    clients.map(async ({ client }) => {
      await client.says(PASSWORD, PASSWORD);
      return client.next('an answer');
    }),
  );
  expect(answers.toSorted()).toEqual(['registered', 'registered', 'username', 'username', 'username']);
  expect(await usesLeft(server)).toEqual([0]);
});

test('a code expires, and ends with the account that made it', async () => {
  await using server = await start();
  const accounts = service<Accounts>(server, Accounts);
  const alice = await accounts.find('alice');
  const short = await invites(server, { time: 60 });
  const { code } = await invites(server, { by: alice });
  const tries = async (code: string) => {
    const client = server.connect();
    await client.says('bob', 'y', code);
    await client.seesInOrder('register', 'invitation');
    const answer = await client.next('an answer');
    await client.closes();
    return answer;
  };
  expect(await tries(short.code)).toBe('password');
  server.clock.advance(60);
  expect(await tries(short.code)).toBe('invitation');
  expect(await tries(code)).toBe('password');
  await accounts.remove(alice?.id ?? 0);
  expect(await tries(code)).toBe('invitation');
});

test('wrong codes are limited per network, and a right one is free', async () => {
  await using server = await start({ invitations: { wrongPerNetwork: 3, wrongTime: 300 } });
  const { code } = await invites(server, { uses: 100 });
  const from = async (address: string, ...codes: string[]) => {
    const client = server.connect('a guesser', address);
    await client.says('bob', 'y', ...codes);
    await client.seesInOrder('register', 'invitation');
    let answer = '';
    for (const _ of codes) answer = await client.next('an answer');
    await client.closes();
    return answer;
  };
  for (let i = 0; i < 5; i++) expect(await from('198.51.100.1', code)).toBe('password');
  expect(await from('198.51.100.1', 'a', 'b', 'c')).toBe('invitation');
  expect(await from('198.51.100.1', code)).toBe('blocked:100');
  expect(await from('198.51.100.2', code)).toBe('password');
  expect(server.limitHits['wrong-invitations']).toBe(1);
});

test('the store has no code', async () => {
  await using server = await start();
  const { code, id } = await invites(server);
  const stored = await service<Storage>(server, Storage).open('invitations', z.json()).list();
  const text = JSON.stringify(stored);
  expect(text).toContain(id);
  for (const part of [code, code.replaceAll('-', ''), code.slice(0, 5)]) expect(text).not.toContain(part);
});

test('a config that requires invitations without the plugin is refused', async () => {
  const config = { registration: { invitation: 'required' }, invitations: false };
  await expect(startServer(config)).rejects.toThrow("switch on the plugin 'invitations'");
});

test('an invitation of a moderator who may no longer invite is revoked by an admin', async () => {
  await using server = await start({ roles: true });
  const accounts = service<Accounts>(server, Accounts);
  const alice = await accounts.find('alice');
  await invites(server, { by: alice });
  await accounts.setRoles(alice?.id ?? 0, ['admin']);
  const client = await server.returns('alice');
  const [, id = ''] =
    /^(\w{8}) by alice, 1 of 1 left, until 2026-01-01T01:00:00\.000Z$/.exec(await client.asks('invitations')) ?? [];
  await client.sees('end:invitations');
  expect(await client.asks(`revoke ${id}`)).toBe('revoked:');
  expect(await client.asks('invitations')).toBe('end:invitations');
});
