import { type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** Connects and is let in: a name is asked for. */
async function entersFrom(server: TestServer, address: string): Promise<LineClient> {
  const client = server.connect('a guest', address);
  await client.says('not a name');
  await client.sees('username');
  return client;
}

async function isRefused(server: TestServer, address: string, reason: string): Promise<void> {
  const client = server.connect('a guest', address);
  await client.sees(`closing:${reason}`);
  await client.isClosed();
}

describe('connections from one network', () => {
  test('are limited, until one of them closes', async () => {
    await using server = await startServer({ connections: { perNetwork: 2 } });
    const first = await entersFrom(server, '198.51.100.1');
    await entersFrom(server, '198.51.100.1');
    await isRefused(server, '198.51.100.1', 'too-many-connections');
    await isRefused(server, '::ffff:198.51.100.1', 'too-many-connections');
    await entersFrom(server, '198.51.100.2');
    await first.closes();
    await entersFrom(server, '198.51.100.1');
    await isRefused(server, '198.51.100.1', 'too-many-connections');
    expect(server.limitHits).toEqual({ 'connections-per-network': 3 });
  });

  test('include a whole IPv6 /64, logged in or not', async () => {
    await using server = await startServer({ connections: { perNetwork: 2 } });
    await server.joins('alice', '2001:db8::1');
    await entersFrom(server, '2001:db8::2');
    await isRefused(server, '2001:db8::ffff:3', 'too-many-connections');
    await entersFrom(server, '2001:db8:0:1::3');
  });

  test('are limited in how many are new within a time', async () => {
    await using server = await startServer({ connections: { newPerNetwork: 3, newTime: 60 } });
    for (let i = 0; i < 3; i++) await (await entersFrom(server, '198.51.100.1')).closes();
    await isRefused(server, '198.51.100.1', 'too-many-new-connections');
    await entersFrom(server, '198.51.100.2');
    server.clock.advance(20);
    await entersFrom(server, '198.51.100.1');
    await isRefused(server, '198.51.100.1', 'too-many-new-connections');
    expect(server.limitHits).toEqual({ 'new-connections-per-network': 2 });
  });

  test('are not limited if the network is exempt or missing', async () => {
    const connections = { perNetwork: 1, newPerNetwork: 1 };
    await using server = await startServer({ connections }, { exempt: ['10.0.0.0/8', '2001:db8::7'] });
    for (const address of ['10.1.2.3', '2001:db8::7', 'unix']) {
      for (let i = 0; i < 5; i++) await entersFrom(server, address);
    }
    await entersFrom(server, '2001:db8::8');
    await isRefused(server, '2001:db8::8', 'too-many-connections');
    // The address counts even if a transport reports the port with it.
    await entersFrom(server, '203.0.113.7:51234');
    await isRefused(server, '203.0.113.7:51235', 'too-many-connections');
  });
});

test('connections in all are limited, from all networks', async () => {
  await using server = await startServer({ connections: { maxConnections: 3 } });
  await server.joins('alice');
  const second = await entersFrom(server, '198.51.100.1');
  await entersFrom(server, 'unix');
  await isRefused(server, '198.51.100.2', 'full');
  await second.reset().catch(() => second.closes());
  await entersFrom(server, '198.51.100.2');
  expect(server.limitHits).toEqual({ connections: 1 });
});

describe('connections that are not logged in', () => {
  test('are limited, and those that are logged in do not count', async () => {
    await using server = await startServer({ connections: { loginsStart: 3, loginsRate: 0, loginsFull: 3 } });
    for (const name of ['alice', 'bob', 'carol', 'dave']) await server.joins(name);
    const guests = [];
    for (let i = 0; i < 3; i++) guests.push(await entersFrom(server, '192.0.2.1'));
    await isRefused(server, '192.0.2.1', 'busy');
    await guests[0]?.registers('erin', PASSWORD);
    await guests[0]?.logsIn('erin', PASSWORD);
    await entersFrom(server, '192.0.2.1');
    await isRefused(server, '192.0.2.1', 'busy');
    expect(server.limitHits).toEqual({ 'logins-under-way': 2 });
  });

  test('are refused at random from a number on, more often the more there are', async () => {
    await using server = await startServer({ connections: { loginsStart: 20, loginsRate: 30, loginsFull: 60 } });
    const tries = async (count: number) => {
      const before = server.limitHits['logins-under-way'] ?? 0;
      for (let i = 0; i < count; i++) {
        const client = server.connect();
        await client.asks('not a name');
      }
      return (server.limitHits['logins-under-way'] ?? 0) - before;
    };
    expect(await tries(20)).toBe(0);
    // Without chance the 40 places that are left would be taken by the first 40.
    const refused = await tries(60);
    expect(refused).toBeGreaterThan(20);
    expect(refused).toBeLessThan(55);
  });
});
