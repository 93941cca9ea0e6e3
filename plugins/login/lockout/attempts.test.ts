import { definePlugin } from 'chatserv';
import { type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** Lets the server read what was sent. */
async function turns() {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
}

/** How many passwords were checked and wrong. */
const wrongOnes = (server: TestServer) => server.logged.filter(({ facts }) => facts.event === 'login-failure').length;

/** Connects clients that have sent alice's name and are asked for a password. */
async function atThePassword(server: TestServer, count: number, address: string): Promise<LineClient[]> {
  const clients = Array.from({ length: count }, (_, i) => server.connect(`guesser ${i}`, address));
  for (const client of clients) expect(await client.asks('alice')).toBe('password');
  return clients;
}

describe('passwords of one user that arrive at the same moment', () => {
  const many = {
    lockout: { attempts: 3, lockoutDuration: 60 },
    timeouts: false,
    connections: false,
    'login-rate': false,
  };

  test.each(['192.0.2.1', '198.51.100.1'])(
    'are checked only as often as they may be wrong, and the right one behind them is not checked: from %s',
    async (address) => {
      await using server = await startServer(many);
      await server.registers('alice');
      const clients = await atThePassword(server, 20, address);
      const answers = clients.map((client, i) => client.asks(i === 19 ? PASSWORD : `wrong ${i}`));
      expect(await Promise.all(answers)).toEqual(['password', 'password', ...new Array(18).fill('60')]);
      expect(wrongOnes(server)).toBe(3);
      expect(server.limitHits).toEqual({ 'wrong-passwords': 1 });
    },
  );

  test('are limited in JSON, too', async () => {
    await using server = await startServer(many);
    await server.registers('alice');
    const clients = Array.from({ length: 20 }, () => server.connectJson());
    for (const [i, client] of clients.entries()) {
      client.says({ type: 'login', name: 'alice', password: i === 19 ? PASSWORD : `wrong ${i}` });
    }
    const answers = await Promise.all(clients.map((client) => client.sees({})));
    expect(answers.map(({ type }) => type)).toEqual(['ask', 'ask', ...new Array(18).fill('blocked')]);
    expect(wrongOnes(server)).toBe(3);
  });

  test('are counted even if their clients leave before the answer', async () => {
    await using server = await startServer(many);
    await server.registers('alice');
    const clients = await atThePassword(server, 4, '198.51.100.1');
    for (const [i, client] of clients.slice(0, 3).entries()) {
      await client.says(`wrong ${i}`);
      await turns();
      await client.closes();
    }
    expect(await clients[3]?.asks(PASSWORD)).toBe('60');
  });

  test('all succeed, one after the other, if they are right', async () => {
    await using server = await startServer({ ...many, 'single-session': false });
    await server.registers('alice');
    const clients = await atThePassword(server, 10, '198.51.100.1');
    const answers = await Promise.all(clients.map((client) => client.asks(PASSWORD)));
    expect(answers).toEqual(new Array(10).fill('welcome'));
  });

  test('that wait too long are closed with busy', async () => {
    const slow = definePlugin({
      name: 'slow',
      summary: 'Never answers for a password',
      setup: () => ({ hooks: { onPassword: () => new Promise(() => {}) } }),
    });
    await using server = await startServer({ ...many, slow });
    await server.registers('alice');
    const clients = await atThePassword(server, 4, '198.51.100.1');
    for (const client of clients) await client.says(PASSWORD);
    await turns();
    server.clock.advance(4);
    await clients[3]?.sees('closing:busy');
    expect(server.limitHits).toEqual({ 'attempts-waiting': 1 });
  });

  test('that a plugin did not check are not counted', async () => {
    let busy = true;
    const again = definePlugin({
      name: 'again',
      summary: 'Checks no password while it is busy',
      setup: () => ({ hooks: { onPassword: () => (busy ? 'again' : undefined) } }),
    });
    await using server = await startServer({ ...many, again });
    await server.registers('alice');
    const alice = server.connect();
    await alice.says('alice', ...new Array(10).fill('wrong'));
    for (let i = 0; i < 11; i++) await alice.sees('password');
    busy = false;
    expect(await alice.asks(PASSWORD)).toBe('welcome');
  });
});
