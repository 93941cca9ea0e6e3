import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** A client of alice's on a named device, logged in. */
async function on(server: TestServer, device: string): Promise<JsonClient & { readonly token: string }> {
  const client = server.connectJson(`alice on ${device}`);
  client.says({ type: 'login', name: 'alice', password: PASSWORD, device });
  await client.sees({ type: 'welcome', name: 'alice' });
  const { token } = (await client.sees({ type: 'token' })) as { token: string };
  return Object.assign(client, { token });
}

async function takes(client: JsonClient, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const { id } = (await client.sees({ type: 'message', text })) as { id: number };
    client.says({ type: 'acknowledge', id });
  }
  await client.seesNothing();
}

describe('a named device', () => {
  test('can be connected beside others, but not twice', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const line = await server.returns('alice');
    const phone = await on(server, 'phone');
    const laptop = await on(server, 'laptop');
    const second = server.connectJson('another phone');
    second.says({ type: 'login', name: 'alice', password: PASSWORD, device: 'phone' });
    await second.sees({ type: 'ask', because: 'connected', reason: 'takeover' });
    const plain = server.connect('another line');
    await plain.says('alice', PASSWORD);
    await plain.sees('connected');
    second.says({ type: 'login', name: 'alice', password: PASSWORD, device: 'phone', takeover: true });
    await second.sees({ type: 'welcome' });
    await phone.sees({ type: 'closing', reason: 'replaced' });
    await laptop.seesNothing();
    await line.seesNothing();
  });

  test('receives everything once, whatever the others have received', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    for (const name of ['phone', 'laptop']) await (await on(server, name)).closes();
    for (const text of ['one', 'two']) expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
    const phone = await on(server, 'phone');
    await takes(phone, 'one', 'two');
    await phone.closes();
    server.clock.advance(1);
    const laptop = await on(server, 'laptop');
    await takes(laptop, 'one', 'two');
    const again = await on(server, 'phone');
    await again.seesNothing();
    expect(await bob.asks('message alice three')).toBe('sent:');
    await takes(again, 'three');
    await takes(laptop, 'three');
  });

  test('starts at the furthest cursor', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    expect(await bob.asks('message alice old')).toBe('sent:');
    const phone = await on(server, 'phone');
    await takes(phone, 'old');
    server.clock.advance(1);
    const tablet = await on(server, 'tablet');
    await tablet.seesNothing();
    expect(await bob.asks('message alice new')).toBe('sent:');
    await takes(tablet, 'new');
  });

  test('receives what its user sends from other devices; a client without a device name does not', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const [line, phone, laptop] = [
      await server.returns('alice'),
      await on(server, 'phone'),
      await on(server, 'laptop'),
    ];
    phone.says({ type: 'message', to: ['bob'], text: 'from the phone' });
    await phone.sees({ type: 'answer', text: 'sent:' });
    await bob.hears('alice', 'from the phone');
    await takes(laptop, 'from the phone');
    await line.says('broadcast from the line');
    await line.sees('sent:');
    await bob.hears('alice', 'from the line');
    await takes(laptop, 'from the line');
    await takes(phone, 'from the line');
    await line.seesNothing();
    // Also what was sent while it was away.
    await laptop.closes();
    phone.says({ type: 'message', to: ['bob'], text: 'later' });
    await phone.sees({ type: 'answer', text: 'sent:' });
    await takes(await on(server, 'laptop'), 'later');
  });

  test('resumes with its token', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const phone = await on(server, 'phone');
    await on(server, 'laptop');
    const back = server.connectJson();
    await back.resumes(phone.token);
    await phone.sees({ type: 'closing', reason: 'replaced' });
    const second = server.connectJson();
    second.says({ type: 'login', name: 'alice', password: PASSWORD, device: 'phone' });
    await second.sees({ type: 'ask', because: 'connected' });
  });

  test.each(['', 'x'.repeat(65), 'my phone', '-phone', 'a:b', 'a\u200bb', '\u0301', 'default', 'Everywhere'])(
    'cannot be called %j',
    async (device) => {
      await using server = await startServer();
      await server.registers('alice');
      const client = server.connectJson();
      client.says({ type: 'login', request: 1, name: 'alice', password: PASSWORD, device });
      await client.sees({ type: 'error', request: 1, reason: 'field', about: 'device' });
      await client.logsIn('alice', PASSWORD);
    },
  );

  test.each([
    ['x'.repeat(64), 'x'.repeat(64)],
    ['Phone', 'phone'],
    ['ＴＡＢ', 'tab'],
    ['Größe-2.b_c', 'grösse-2.b_c'],
    ['電話', '電話'],
  ])('can be called %j, and is compared without regard to case', async (device, listed) => {
    await using server = await startServer();
    await server.registers('alice');
    const client = server.connectJson();
    await client.logsIn('alice', PASSWORD, device);
    client.says({ type: 'command', request: 1, name: 'devices' });
    await client.sees({ type: 'answer', request: 1, lines: [`${listed} online here`] });
    const other = server.connectJson();
    other.says({ type: 'login', name: 'alice', password: PASSWORD, device: listed });
    await other.sees({ type: 'ask', because: 'connected' });
  });

  test('is the same if the server asks for the password again', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const client = server.connectJson();
    client.says({ type: 'login', request: 1, name: 'alice', password: 'not this one', device: 'phone' });
    await client.sees({ type: 'ask', request: 1, question: 'password', because: 'wrong' });
    client.says({ type: 'answer', request: 2, text: PASSWORD });
    await client.sees({ type: 'welcome', request: 2 });
    await client.seesToken();
    client.says({ type: 'command', request: 3, name: 'devices' });
    await client.sees({ type: 'answer', request: 3, lines: ['phone online here'] });
  });
});

test('the number of devices is limited: the queue of the longest unseen is dropped', async () => {
  await using server = await startServer({ 'offline-messages': { devices: 2 } });
  await server.registers('alice');
  const bob = await server.joins('bob');
  for (const name of ['phone', 'laptop', 'tablet']) {
    const device = await on(server, name);
    await device.closes();
    server.clock.advance(1);
  }
  expect(await bob.asks('message alice hello')).toBe('sent:');
  for (const name of ['laptop', 'tablet']) {
    const device = await on(server, name);
    await takes(device, 'hello');
    await device.closes();
  }
  expect(server.limitHits).toMatchObject({ devices: 1 });
  server.clock.advance(1);
  const phone = await on(server, 'phone');
  await phone.seesNothing();
});

test('beyond their number, a device that is online stays, however long ago it logged in', async () => {
  await using server = await startServer({ 'offline-messages': { devices: 2 } });
  await server.registers('alice');
  const bob = await server.joins('bob');
  const phone = await on(server, 'phone');
  server.clock.advance(60);
  await (await on(server, 'laptop')).closes();
  server.clock.advance(1);
  await phone.seesNothing();
  server.clock.advance(60);
  const tablet = await on(server, 'tablet');
  await phone.closes();
  expect(await bob.asks('message alice hello')).toBe('sent:');
  await takes(tablet, 'hello');
  server.clock.advance(1);
  await takes(await on(server, 'phone'), 'hello');
});
