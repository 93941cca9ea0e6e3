import { askUsername, definePlugin, type ServerEvent } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** Tries passwords on a connection of its own. @returns what they are answered */
async function tries(server: TestServer, user: string, address: string, password = 'not this one'): Promise<string> {
  const client = server.connect(user, address);
  await client.says(user);
  await client.sees('password');
  const answer = await client.asks(password);
  await client.closes();
  return answer;
}

const address = (n: number) => `198.51.${Math.floor(n / 250)}.${n % 250}`;

describe('passwords for many users from one network', () => {
  test('are not checked after too many wrong ones, not even right ones, until some time has passed', async () => {
    await using server = await startServer({ 'login-rate': { perNetwork: 4, time: 60 } });
    await server.registers('alice', 'bob', 'carol', 'dave', 'erin');
    for (const user of ['alice', 'bob', 'carol', 'dave'])
      expect(await tries(server, user, address(1))).toBe('password');
    expect(await tries(server, 'erin', address(1))).toBe('15');
    expect(await tries(server, 'erin', address(1), PASSWORD)).toBe('15');
    expect(await tries(server, 'erin', address(2), PASSWORD)).toBe('welcome');
    expect(server.limitHits).toEqual({ 'passwords-per-network': 2 });
    server.clock.advance(15);
    expect(await tries(server, 'erin', address(1), PASSWORD)).toBe('welcome');
    expect(await tries(server, 'bob', address(1))).toBe('password');
  });

  test('are not limited if they are right', async () => {
    await using server = await startServer({ 'login-rate': { perNetwork: 2, time: 60 } });
    await server.registers('alice', 'bob');
    for (let i = 0; i < 5; i++) {
      for (const user of ['alice', 'bob']) expect(await tries(server, user, address(1), PASSWORD)).toBe('welcome');
    }
  });

  test('are limited also if they are tried at once', async () => {
    await using server = await startServer({ 'login-rate': { perNetwork: 4, time: 60 } });
    const users = Array.from({ length: 12 }, (_, i) => `user${i}`);
    await server.registers(...users);
    const answers = await Promise.all(users.map((user) => tries(server, user, address(1))));
    expect(answers.filter((answer) => answer === 'password')).toHaveLength(4);
    expect(answers.filter((answer) => answer === '15')).toHaveLength(8);
  });

  test('are not given back by a login with a token', async () => {
    await using server = await startServer({ 'login-rate': { perNetwork: 3, time: 60 }, lockout: false });
    await server.registers('alice', 'mallory');
    const mallory = server.connectJson(address(1));
    let token = await mallory.logsIn('mallory', PASSWORD);
    const answers: ServerEvent[] = [];
    for (let i = 0; i < 4; i++) {
      const guesser = server.connectJson(address(1));
      guesser.says({ type: 'login', name: 'alice', password: 'not this one' });
      answers.push(await guesser.sees({}));
      if (i < 3) token = await guesser.resumes(token);
    }
    expect(answers.map(({ type }) => type)).toEqual(['ask', 'ask', 'ask', 'blocked']);
  });

  test('are not counted if the network is exempt', async () => {
    await using server = await startServer({ 'login-rate': { perNetwork: 1, perUser: 1 }, lockout: false });
    await server.registers('alice');
    for (let i = 0; i < 5; i++) expect(await tries(server, 'alice', '192.0.2.1')).toBe('password');
  });
});

describe('passwords for one user from many networks', () => {
  const rate = { perUser: 3, time: 60 };

  test('are limited, except the first from each network and those from networks the user logs in from', async () => {
    await using server = await startServer({ 'login-rate': rate });
    await server.registers('alice', 'bob');
    const home = '203.0.113.1';
    expect(await tries(server, 'alice', home, PASSWORD)).toBe('welcome');
    for (let i = 0; i < 20; i++) expect(await tries(server, 'alice', address(i))).toBe('password');
    for (let i = 0; i < 3; i++) expect(await tries(server, 'alice', address(i))).toBe('password');
    for (let i = 3; i < 20; i++) expect(await tries(server, 'alice', address(i))).toBe('20');
    expect(server.limitHits).toEqual({ 'passwords-per-user': 17 });
    // Alice at home may even mistype it, and on the way she gets in with her first try.
    expect(await tries(server, 'alice', home)).toBe('password');
    expect(await tries(server, 'alice', home, PASSWORD)).toBe('welcome');
    expect(await tries(server, 'alice', '203.0.113.2', PASSWORD)).toBe('welcome');
    expect(await tries(server, 'bob', address(3), PASSWORD)).toBe('welcome');
    server.clock.advance(20);
    expect(await tries(server, 'alice', address(4))).toBe('password');
    expect(await tries(server, 'alice', address(5))).toBe('20');
  });

  test('are given back if they are right', async () => {
    await using server = await startServer({ 'login-rate': { ...rate, perUser: 1 } });
    await server.registers('alice');
    expect(await tries(server, 'alice', address(1))).toBe('password');
    expect(await tries(server, 'alice', address(1), PASSWORD)).toBe('welcome');
    expect(await tries(server, 'alice', address(2))).toBe('password');
    expect(await tries(server, 'alice', address(2))).toBe('password');
    expect(await tries(server, 'alice', address(3))).toBe('password');
    expect(await tries(server, 'alice', address(3))).toBe('60');
  });
});

describe('a password is given back', () => {
  const rate = { perNetwork: 2, perUser: 1, time: 60 };

  test('if it is right but the login is refused', async () => {
    const closed = definePlugin({
      name: 'closed',
      summary: 'Admits nobody from elsewhere',
      setup: () => ({
        hooks: { onAdmit: ({ address }) => (address === '192.0.2.1' ? undefined : askUsername('connected')) },
      }),
    });
    await using server = await startServer({ 'login-rate': rate, closed });
    await server.registers('alice');
    for (let i = 0; i < 5; i++) expect(await tries(server, 'alice', address(1), PASSWORD)).toBe('connected');
    expect(server.limitHits).toEqual({});
  });

  test('if it was not checked, with the first try of the network', async () => {
    let busy = true;
    const again = definePlugin({
      name: 'again',
      summary: 'Looks at no password while it is busy',
      setup: () => ({ hooks: { onPassword: () => (busy ? 'again' : undefined) } }),
    });
    await using server = await startServer({ 'login-rate': { ...rate, perNetwork: 5 }, again });
    await server.registers('alice');
    for (let i = 0; i < 10; i++) expect(await tries(server, 'alice', address(1))).toBe('password');
    busy = false;
    // The first look, and the one that all share: both are there yet.
    for (let i = 0; i < 2; i++) expect(await tries(server, 'alice', address(1))).toBe('password');
    expect(await tries(server, 'alice', address(1))).toBe('60');
  });

  test('but not if the login plugin asks for the name again, which may mean that it was wrong', async () => {
    const quiet = definePlugin({
      name: 'quiet',
      summary: 'Does not say that a password is wrong',
      setup: () => ({
        hooks: { onPassword: (_session, _account, secret) => (secret === PASSWORD ? 'right' : askUsername()) },
      }),
    });
    await using server = await startServer({ 'login-rate': { ...rate, perUser: 10 }, quiet });
    await server.registers('alice');
    for (let i = 0; i < 2; i++) expect(await tries(server, 'alice', address(1))).toBe('username');
    expect(await tries(server, 'alice', address(1), PASSWORD)).toBe('30');
  });
});
