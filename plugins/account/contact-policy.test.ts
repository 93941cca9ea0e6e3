import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage, z } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import bot from '../../examples/bot.ts';
import { accountsOf, idOf } from '../../test/support/accounts.ts';
import { alteredMemory } from '../../test/support/altered-memory.ts';

test('a policy survives a restart and a rename, and ends with the account', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-contacts-'));
  const plugins = { memory: false, sqlite: { file: join(folder, 'chat.db') } };
  try {
    {
      await using server = await startServer(plugins);
      await server.registers('bob');
      expect(await (await server.joins('alice')).asks('contact-policy nobody')).toBe('contact-policy:nobody');
    }
    await using server = await startServer(plugins);
    const bob = await server.returns('bob');
    expect(await bob.asks('message alice hi')).toBe('error:contact:message');
    const accounts = accountsOf(server);
    const id = await idOf(server, 'alice');
    await accounts.rename(id, 'alison');
    expect(await bob.asks('message alison hi')).toBe('error:contact:message');
    await accounts.remove(id);
    const stored = (server.host.service(Storage.service) as Storage).open('contact-policies', z.string());
    expect(await stored.list()).toEqual([]);
    await server.registers('alison');
    expect(await bob.asks('message alison hi')).toBe('sent:');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a message to users who take all messages asks the store nothing', async () => {
  const asked: string[] = [];
  const noting = <Service extends object>(service: Service): Service =>
    new Proxy(service, {
      get(target, key) {
        asked.push(String(key));
        return target[key as keyof Service];
      },
    });
  const noted = alteredMemory(({ accounts, messageLog }) => {
    const { get, find } = accounts;
    const { count, roomsOf } = messageLog;
    const calls = noting({ get, find, count, roomsOf });
    return {
      accounts: { get: (id) => calls.get(id), find: (name) => calls.find(name) },
      messageLog: { count: (...all) => calls.count(...all), roomsOf: (...all) => calls.roomsOf(...all) },
    };
  });
  await using server = await startServer({ memory: false, noted });
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  expect(await carol.asks('contact-policy nobody')).toBe('contact-policy:nobody');
  asked.length = 0;
  expect(await alice.asks('message bob hi')).toBe('sent:');
  await bob.hears('alice', 'hi');
  expect(asked).toEqual([]);
  expect(await alice.asks('message carol hi')).toBe('error:contact:message');
  expect(asked).not.toEqual([]);
});

test("the host's default is for those who have not chosen, and does not concern bots and guests", async () => {
  const config = { 'contact-policy': { default: 'nobody' }, guests: true };
  await using server = await startServer({ ...config, helper: bot });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  expect(await alice.asks('contact-policy')).toBe('contact-policy:nobody');
  expect(await bob.asks('message alice hi')).toBe('error:contact:message');
  expect(await alice.asks('contact-policy all')).toBe('contact-policy:all');
  expect(await bob.asks('message alice hi')).toBe('sent:');
  await alice.hears('bob', 'hi');
  expect(await bob.asks('message bot hello')).toBe('sent:');
  await bob.hears('bot', 'I know about: ');
  const gil = server.connect('gil');
  await gil.says('gil', 'n', 'y');
  await gil.seesInOrder('register', 'guest', 'welcome');
  expect(await gil.asks('message bob hi')).toBe('error:contact:message');
  expect(await gil.asks('message alice hi')).toBe('sent:');
  await alice.hears('gil[guest]', 'hi');
  expect(await bob.asks('message gil[guest] hi')).toBe('sent:');
  await server.reload({ 'contact-policy': { default: 'rooms' } });
  expect(await bob.asks('contact-policy')).toBe('contact-policy:rooms');
  expect(await alice.asks('contact-policy')).toBe('contact-policy:all');
});

test('several recipients who all refuse are one refusal, and an invitation is refused like a message', async () => {
  await using server = await startServer();
  const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
  for (const client of [alice, bob]) expect(await client.asks('contact-policy rooms')).toBe('contact-policy:rooms');
  const program = server.connectJson();
  program.says({ type: 'register', name: 'eve', password: PASSWORD });
  await program.sees({ type: 'welcome' });
  await program.seesToken();
  program.says({ type: 'message', to: ['alice', 'bob'], text: 'hi' });
  await program.sees({ type: 'error', reason: 'contact', message: 'They do not take messages from you.' });
  program.says({ type: 'message', to: ['alice', 'nobody'], text: 'hi' });
  await program.sees({ type: 'error', reason: 'contact' });
  expect(await carol.asks('create #lab')).toBe('created:#lab');
  expect(await carol.asks('invite #lab alice')).toBe('error:contact:invite');
  expect(await alice.asks('join #lab')).toBe('joined:#lab');
  await carol.sees(/alice joined$/);
  expect(await carol.asks('message (alice bob) hi')).toBe('sent:bob');
  await alice.hears('carol', 'hi');
});

test('an account that changes its policy while messages arrive gets each one that was answered sent:', async () => {
  await using server = await startServer();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  for (let i = 0; i < 20; i++) await bob.says(`message alice ${i}`);
  await alice.says('contact-policy nobody');
  const answers: string[] = [];
  for (let i = 0; i < 20; i++) answers.push(await bob.next());
  const sent = answers.filter((answer) => answer === 'sent:').length;
  expect(answers.every((answer) => answer === 'sent:' || answer === 'error:contact:message')).toBe(true);
  const got: string[] = [];
  await alice.says('barrier');
  for (let line = await alice.next(); line !== 'error:command:barrier'; line = await alice.next()) got.push(line);
  expect(got.filter((line) => line.includes('bob: '))).toHaveLength(sent);
});
