import { Accounts, type Collection, Storage, z } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';

const plugins = { lockout: { attempts: 3, lockoutDuration: 60 }, timeouts: false };

/** Sends a name and wrong passwords. */
async function fails(server: TestServer, name: string, times: number, address?: string) {
  const client = server.connect(name, address);
  await client.says(name);
  await client.sees('password');
  for (let i = 0; i < times; i++) await client.says(`wrong ${i}`);
  return client;
}

describe('three wrong passwords', () => {
  test('are answered with the bare seconds, and block that user from that address', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice', 'bob');
    const guesser = await fails(server, 'alice', 3);
    await guesser.seesInOrder('password', 'password', '60');
    await guesser.isClosed();
    expect(server.limitHits).toEqual({ 'wrong-passwords': 1 });

    server.clock.advance(15);
    const again = server.connect('alice');
    await again.says('ALICE');
    await again.sees('blocked:45');
    await again.isClosed();
    await server.returns('alice', '198.51.100.1');
    await server.returns('bob');
  });

  test('count across connections, and only in a row', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice');
    for (let i = 0; i < 2; i++) {
      const guesser = await fails(server, 'alice', 1);
      await guesser.sees('password');
      await guesser.closes();
    }
    const alice = await server.returns('alice');
    await alice.logsOut();
    const guesser = await fails(server, 'alice', 3);
    await guesser.seesInOrder('password', 'password', '60');
  });

  test('block the whole /64 of an IPv6 address', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice');
    const guesser = await fails(server, 'alice', 3, '2001:db8::1');
    await guesser.seesInOrder('password', 'password', '60');
    const neighbour = server.connect('alice', '2001:db8::ffff:2');
    await neighbour.says('alice');
    await neighbour.sees('blocked:60');
    await server.returns('alice', '2001:db8:0:1::1');
  });
});

test('the count continues on the next connection', async () => {
  await using server = await startServer({ ...plugins, lockout: { attempts: 5 } });
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', 'closing:wrong-password');
  await guesser.isClosed();
  const again = await fails(server, 'alice', 2);
  await again.seesInOrder('password', '60');
  await again.isClosed();
});

test('a password sent during a block is not checked', async () => {
  await using server = await startServer(plugins);
  await server.registers('alice');
  const early = server.connect('alice');
  await early.says('alice');
  await early.sees('password');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', '60');
  await early.says(PASSWORD);
  await early.sees('60');
  await early.isClosed();
});

test('when the block ends the count starts again', async () => {
  await using server = await startServer(plugins);
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', '60');
  // What is under way as the clock moves would take too long.
  await guesser.isClosed();
  server.clock.advance(60);
  const again = await fails(server, 'alice', 2);
  await again.seesInOrder('password', 'password');
  await again.says(PASSWORD);
  await again.sees('welcome');
  expect(server.failures).toEqual([]);
});

test('a block longer than a hundred years is a config error', async () => {
  const starting = startServer({ ...plugins, lockout: { lockoutDuration: 1e308 } });
  await expect(starting).rejects.toThrow(/plugins\.lockout\.lockoutDuration is 1e\+308/);
});

/** What the store has of blocks, as another process would read and write it. */
function storedBlocks({ host }: TestServer): Collection<{ until: number }> {
  return (host.service(Storage.service) as Storage).open('lockout', z.object({ until: z.int() }));
}

describe('a change of the time of day', () => {
  const HOUR = 3600;
  const asksFor = (server: TestServer) => server.connect().asks('alice');

  test('back does not lengthen a block', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice');
    server.clock.shift(HOUR);
    const guesser = await fails(server, 'alice', 3);
    await guesser.seesInOrder('password', 'password', '60');
    server.clock.shift(-HOUR);
    server.clock.advance(20);
    expect(await asksFor(server)).toBe('blocked:40');
    server.clock.advance(40);
    expect(await asksFor(server)).toBe('password');
    expect(await asksFor(server)).toBe('password');
  });

  test('ahead does not end a block', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice');
    const guesser = await fails(server, 'alice', 3);
    await guesser.seesInOrder('password', 'password', '60');
    server.clock.shift(400 * 24 * HOUR);
    expect(await asksFor(server)).toBe('blocked:60');
    server.clock.advance(60);
    expect(await asksFor(server)).toBe('password');
  });

  test('ahead for a moment does not remove blocks from the store', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice');
    const blocks = storedBlocks(server);
    const until = server.clock.now() + 7 * 24 * HOUR * 1000;
    await blocks.set('0 192.0.2.2', { until });
    await blocks.set('0 192.0.2.3', { until: server.clock.now() + 1 });
    server.clock.advance(HOUR);
    server.clock.shift(400 * 24 * HOUR);
    const guesser = await fails(server, 'alice', 3);
    await guesser.seesInOrder('password', 'password', '60');
    server.clock.shift(-400 * 24 * HOUR);
    expect((await blocks.list({ prefix: '0 ' })).map(({ value }) => value)).toEqual([{ until }]);
  });

  test('back before a restart does not extend a block beyond the configured time', async () => {
    await using server = await startServer(plugins);
    await server.registers('alice');
    const blocks = storedBlocks(server);
    await blocks.set('1 192.0.2.1', { until: server.clock.now() + HOUR * 1000 });
    expect(await asksFor(server)).toBe('blocked:60');
    server.clock.advance(60);
    expect(await asksFor(server)).toBe('password');
    expect(await blocks.get('1 192.0.2.1')).toBeUndefined();
  });
});

test('a block belongs to an account, not to the next one of its name in any case', async () => {
  await using server = await startServer(plugins);
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', '60');
  expect(await server.connect().asks('ALICE')).toBe('blocked:60');
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.remove((await accounts.find('alice'))?.id ?? 0);
  await server.registers('alice');
  expect(await server.connect().asks('alice')).toBe('password');
});

test('blocks that another process ends or begins take effect', async () => {
  await using server = await startServer(plugins);
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', '60');
  await storedBlocks(server).delete('1 192.0.2.1');
  expect(await server.connect().asks('alice')).toBe('password');
  await storedBlocks(server).set('1 192.0.2.1', { until: server.clock.now() + 30_000 });
  expect(await server.connect().asks('alice')).toBe('blocked:30');
});

test('a block that cannot be stored still takes effect', async () => {
  const fullDisk = alteredMemory(({ storage }) => {
    const open: Storage['open'] = (name, schema) => ({
      ...storage.open(name, schema),
      set: () => Promise.reject(new Error('it is full')),
    });
    return { storage: { open } };
  });
  await using server = await startServer({ ...plugins, memory: false, 'full-disk': fullDisk });
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', 'closing:wrong-password');
  expect(await server.connect().asks('alice')).toBe('blocked:60');
  expect(server.failures.map(({ text }) => text)).toEqual(["onAuthFail of plugin 'lockout' failed"]);
});

test('an option under its earlier name counts, although the standard set has the new one', async () => {
  await using server = await startServer({ lockout: { attempts: 1, blockTime: 7 }, timeouts: false });
  await server.registers('alice');
  const guesser = server.connect('a guesser');
  await guesser.says('alice', 'not hers');
  await guesser.seesInOrder('password', '7');
});
