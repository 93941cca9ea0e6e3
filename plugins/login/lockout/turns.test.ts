import { definePlugin, KeyOwners, type Storage } from 'chatserv';
import { PASSWORD, startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';

const ADDRESS = '198.51.100.1';

/** Starts a server that owns all keys, with what other servers ask it. */
async function startOwner(more: TestPlugins = {}) {
  const handlers = new Map<string, (data: unknown) => unknown>();
  const ask: KeyOwners['ask'] = async (name, _key, data) =>
    JSON.parse(JSON.stringify(await handlers.get(name)?.(data)));
  const owner = definePlugin({
    name: 'owner',
    summary: 'Has this server own all keys',
    provides: { owners: KeyOwners },
    setup: () => ({
      provide: {
        owners: {
          handle(name, act) {
            handlers.set(name, act);
            return () => void handlers.delete(name);
          },
          ask,
        },
      },
    }),
  });
  const server = await startServer({ owner, lockout: { attempts: 3, lockoutDuration: 60 }, timeouts: false, ...more });
  await server.registers('alice');
  const pair = `1 ${ADDRESS}`;
  return {
    server,
    begin() {
      const begun = ask('lockout.begin', pair, { pair, wait: 1 });
      server.clock.advance(0.001);
      return begun;
    },
    end: (turn: string, decision: string) => ask('lockout.end', pair, { pair, turn, decision }),
  };
}

/** Sends a wrong password. @returns the answer */
async function guess(server: TestServer): Promise<string> {
  const client = server.connect('a guesser', ADDRESS);
  const asked = await client.asks('alice');
  return asked === 'password' ? client.asks('wrong') : asked;
}

test('turns of other servers take the place of those here, until they end', async () => {
  const { server, begin, end } = await startOwner();
  await using _ = server;
  const turns = [await begin(), await begin(), await begin()] as { turn: string }[];
  expect(turns).toEqual(new Array(3).fill({ turn: expect.any(String) }));
  expect(await begin()).toEqual({});
  const [one, two, three] = turns.map(({ turn }) => turn) as [string, string, string];
  expect(await end(one, 'again')).toBe(false);
  expect(await end(two, 'wrong')).toBe(false);
  expect(await end(three, 'wrong')).toBe(false);
  expect(await guess(server)).toBe('60');
  expect(await begin()).toEqual({ blocked: expect.closeTo(60, 1) });
  expect(await guess(server)).toBe('blocked:60');
});

test('turns whose server was killed end after 15 s', async () => {
  const { server, begin } = await startOwner();
  await using _ = server;
  for (let i = 0; i < 3; i++) expect(await begin()).toHaveProperty('turn');
  server.clock.advance(14);
  expect(await begin()).toEqual({});
  server.clock.advance(1);
  await server.returns('alice', ADDRESS);
});

test('a wrong password counts even if its turn has ended, or another server gave it', async () => {
  const { server, begin, end } = await startOwner();
  await using _ = server;
  const { turn } = (await begin()) as { turn: string };
  server.clock.advance(15);
  expect(await end(turn, 'wrong')).toBe(false);
  expect(await end('given by another', 'wrong')).toBe(false);
  expect(await guess(server)).toBe('60');
  server.clock.advance(60);
  expect(await end('given by another', 'wrong')).toBe(false);
  const alice = server.connect('alice', ADDRESS);
  expect(await alice.asks('alice')).toBe('password');
  expect(await alice.asks(PASSWORD)).toBe('welcome');
});

test('a turn that comes too late for the server that asked is given to another one', async () => {
  let stall: Promise<void> | undefined;
  const store = alteredMemory(({ storage }) => {
    const open: Storage['open'] = (name, schema) => {
      const collection = storage.open(name, schema);
      return { ...collection, get: (key) => Promise.resolve(stall).then(() => collection.get(key)) };
    };
    return { storage: { open } };
  });
  const { server, begin } = await startOwner({ memory: false, store });
  await using _ = server;
  const { promise, resolve } = Promise.withResolvers<void>();
  stall = promise;
  const late = begin();
  server.clock.advance(2);
  resolve();
  expect(await late).toEqual({});
  for (let i = 0; i < 3; i++) expect(await begin()).toHaveProperty('turn');
});
