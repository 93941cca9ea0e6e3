import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

const plugins = { lockout: { attempts: 3, blockTime: 60 }, timeouts: false };

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
    expect(server.limitsMet).toEqual({ 'wrong-passwords': 1 });

    server.clock.advance(15);
    const again = server.connect('alice');
    await again.says('ALICE');
    await again.sees('blocked:45');
    await again.isClosed();
    await server.returns('alice', '198.51.100.1');
    await server.returns('bob');
  });

  test('count over connections, and only in a row', async () => {
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

  test('block from the whole /64 of an IPv6 address', async () => {
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

test('more attempts than a connection has are counted on over the next one', async () => {
  await using server = await startServer({ ...plugins, lockout: { attempts: 5 } });
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', 'closing:wrong-password');
  await guesser.isClosed();
  const again = await fails(server, 'alice', 2);
  await again.seesInOrder('password', '60');
  await again.isClosed();
});

test('a password sent during a block is not even looked at', async () => {
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

test('when the block ends the count begins anew', async () => {
  await using server = await startServer(plugins);
  await server.registers('alice');
  const guesser = await fails(server, 'alice', 3);
  await guesser.seesInOrder('password', 'password', '60');
  server.clock.advance(60);
  const again = await fails(server, 'alice', 2);
  await again.seesInOrder('password', 'password');
  await again.says(PASSWORD);
  await again.sees('welcome');
  expect(server.failures).toEqual([]);
});

test('a block longer than a hundred years is a mistake of the config, and not of the store', async () => {
  const starting = startServer({ ...plugins, lockout: { blockTime: 1e308 } });
  await expect(starting).rejects.toThrow(/plugins\.lockout\.blockTime is 1e\+308/);
});
