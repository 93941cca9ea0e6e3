import { askUsername, definePlugin } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

test('a second login is refused as connected until the first connection ends', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const second = server.connect('alice again');
  await second.says('Alice');
  await second.sees('connected');
  await alice.logsOut();
  await second.logsIn('alice', PASSWORD);
});

test('of two connections at the password, the first to finish logs in', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const [one, two] = [server.connect('one'), server.connect('two')];
  for (const client of [one, two]) {
    await client.says('alice');
    await client.sees('password');
  }
  await one.says(PASSWORD);
  await one.sees('welcome');
  await two.says(PASSWORD);
  await two.sees('connected');
  await one.says('who');
  await one.sees('alice');
});

test('without the plugin a user can be connected twice, and gets messages on both', async () => {
  await using server = await startServer({ 'single-session': false });
  const alice = await server.joins('alice');
  const second = await server.returns('alice');
  const bob = await server.joins('bob');
  await bob.says('whoelse', 'message alice hi');
  await bob.seesInOrder('alice', 'sent:');
  await alice.hears('bob', 'hi');
  await second.hears('bob', 'hi');
  await alice.logsOut();
  await bob.says('whoelse');
  await bob.sees('alice');
});

describe('taking over', () => {
  test('is offered only to a program with the right password', async () => {
    await using server = await startServer();
    const alice = await server.joins('alice');
    const second = server.connectJson();
    second.says({ type: 'login', request: 1, name: 'alice', password: 'not this one' });
    await second.sees({ type: 'ask', request: 1, question: 'password', because: 'wrong' });
    second.says({ type: 'login', request: 2, name: 'alice', password: 'nor this', takeover: true });
    await second.sees({ type: 'ask', request: 2, question: 'password', because: 'wrong' });
    second.says({ type: 'login', request: 3, name: 'alice', password: PASSWORD });
    await second.sees({ type: 'ask', request: 3, question: 'username', because: 'connected', reason: 'takeover' });
    expect(await alice.asks('who')).toBe('alice');
    second.says({ type: 'login', request: 4, name: 'alice', password: PASSWORD, takeover: true });
    await second.sees({ type: 'welcome', request: 4, name: 'alice' });
    await alice.sees('closing:replaced');
    await alice.isClosed();
    await second.seesToken();
    second.says({ type: 'command', name: 'who' });
    await second.sees({ type: 'answer', text: 'alice' });
  });

  test('delivers what the previous session has not acknowledged', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const [first, second] = [server.connectJson(), server.connectJson()];
    await first.logsIn('alice', PASSWORD);
    expect(await bob.asks('message alice hello')).toBe('sent:');
    await first.sees({ type: 'message', text: 'hello' });
    second.says({ type: 'login', name: 'alice', password: PASSWORD, takeover: true });
    await second.sees({ type: 'welcome' });
    await first.sees({ type: 'closing', reason: 'replaced' });
    await second.seesToken();
    await second.sees({ type: 'message', text: 'hello', repeat: true });
  });

  test('must be requested with a token, too, if another device is online', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const [desk, phone] = [server.connectJson(), server.connectJson()];
    const token = await desk.logsIn('alice', PASSWORD);
    await desk.closes();
    await phone.logsIn('alice', PASSWORD);
    const back = server.connectJson();
    back.says({ type: 'resume', request: 1, token });
    await back.sees({ type: 'ask', request: 1, question: 'username', because: 'connected', reason: 'takeover' });
    back.says({ type: 'resume', request: 2, token: `${token}x`, takeover: true });
    await back.sees({ type: 'ask', request: 2, question: 'username', because: 'expired' });
    back.says({ type: 'resume', request: 3, token, takeover: true });
    await back.sees({ type: 'welcome', request: 3 });
    await phone.sees({ type: 'closing', reason: 'replaced' });
  });

  test('closes no session if the login is refused in the end', async () => {
    const closed = definePlugin({
      name: 'closed',
      summary: 'Lets nobody in a second time',
      setup: ({ server }) => ({
        hooks: {
          onAdmit: {
            guard: {
              handler: (_, account) => (server.sessionsOf(account).length > 0 ? askUsername() : undefined),
            },
          },
        },
      }),
    });
    await using server = await startServer({ closed });
    const alice = await server.joins('alice');
    const second = server.connectJson();
    second.says({ type: 'login', name: 'alice', password: PASSWORD, takeover: true });
    await second.sees({ type: 'ask', question: 'username', because: 'username' });
    expect(await alice.asks('who')).toBe('alice');
  });

  test('works on plain lines with the password, if the option allows it', async () => {
    await using server = await startServer({ 'single-session': { takeover: true } });
    const alice = await server.joins('alice');
    const second = server.connect('alice again');
    expect(await second.asks('alice')).toBe('password');
    expect(await second.asks('not this one')).toBe('password');
    expect(await alice.asks('who')).toBe('alice');
    expect(await second.asks(PASSWORD)).toBe('welcome');
    await alice.sees('closing:replaced');
    await alice.isClosed();
    expect(await second.asks('who')).toBe('alice');
  });
});

describe('beside a plain connection, or a program on the device `phone`', () => {
  /** What a login is answered, and whom it closes. */
  type Outcome = 'welcome' | 'connected' | 'may take over' | 'replaces line' | 'replaces phone';

  test.each<{
    per: 'device' | 'account';
    takeover: boolean;
    there: 'line' | 'phone';
    line: Outcome;
    phone: Outcome;
    laptop: Outcome;
  }>([
    { per: 'device', takeover: false, there: 'line', line: 'connected', phone: 'welcome', laptop: 'welcome' },
    { per: 'device', takeover: false, there: 'phone', line: 'welcome', phone: 'may take over', laptop: 'welcome' },
    { per: 'device', takeover: true, there: 'line', line: 'replaces line', phone: 'welcome', laptop: 'welcome' },
    { per: 'device', takeover: true, there: 'phone', line: 'welcome', phone: 'may take over', laptop: 'welcome' },
    {
      per: 'account',
      takeover: false,
      there: 'line',
      line: 'connected',
      phone: 'may take over',
      laptop: 'may take over',
    },
    {
      per: 'account',
      takeover: false,
      there: 'phone',
      line: 'connected',
      phone: 'may take over',
      laptop: 'may take over',
    },
    {
      per: 'account',
      takeover: true,
      there: 'line',
      line: 'replaces line',
      phone: 'may take over',
      laptop: 'may take over',
    },
    {
      per: 'account',
      takeover: true,
      there: 'phone',
      line: 'replaces phone',
      phone: 'may take over',
      laptop: 'may take over',
    },
  ])('per $per, takeover $takeover, beside $there', async ({ per, takeover, there, ...expected }) => {
    for (const [who, outcome] of Object.entries(expected)) {
      await using server = await startServer({ 'single-session': { per, takeover } });
      await server.registers('alice');
      const line = there === 'line' ? await server.returns('alice') : undefined;
      const phone = there === 'phone' ? server.connectJson() : undefined;
      await phone?.logsIn('alice', PASSWORD, 'phone');
      if (who === 'line') {
        const second = server.connect('a second line');
        const asked = await second.asks('alice');
        if (outcome === 'connected') expect(asked).toBe('connected');
        else expect(await second.asks(PASSWORD)).toBe('welcome');
      } else {
        const second = server.connectJson();
        second.says({ type: 'login', name: 'alice', password: PASSWORD, device: who });
        if (outcome === 'welcome') await second.sees({ type: 'welcome' });
        else await second.sees({ type: 'ask', because: 'connected', reason: 'takeover' });
        if (outcome === 'may take over') {
          await line?.seesNothing();
          await phone?.seesNothing();
          second.says({ type: 'login', name: 'alice', password: PASSWORD, device: who, takeover: true });
          await second.sees({ type: 'welcome' });
        }
      }
      const isReplaced = outcome === 'may take over' || outcome.startsWith('replaces');
      if (isReplaced) await line?.sees('closing:replaced');
      else await line?.seesNothing();
      if (isReplaced) await phone?.sees({ type: 'closing', reason: 'replaced' });
      else await phone?.seesNothing();
    }
  });

  test('per account, a takeover closes the sessions on all devices', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const [line, phone] = [await server.returns('alice'), server.connectJson()];
    await phone.logsIn('alice', PASSWORD, 'phone');
    await server.reload({ 'single-session': { per: 'account' } });
    const laptop = server.connectJson();
    laptop.says({ type: 'login', name: 'alice', password: PASSWORD, device: 'laptop', takeover: true });
    await laptop.sees({ type: 'welcome' });
    await line.sees('closing:replaced');
    await phone.sees({ type: 'closing', reason: 'replaced' });
  });
});

test('a new account cannot take the name of a user online: programs are told that it is taken', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  const stranger = server.connectJson();
  stranger.says({ type: 'register', request: 1, name: 'Alice', password: 'tea-at-five' });
  await stranger.sees({ type: 'ask', request: 1, question: 'username', because: 'username', reason: 'taken' });
  const plain = server.connect('a stranger');
  expect(await plain.asks('Alice')).toBe('connected');
  expect(await alice.asks('who')).toBe('alice');
});
