import { definePlugin, ResumeTokens } from 'chatserv';
import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { startProgram } from '../../test/support/program.ts';

/** A client of alice's on a device, logged in. */
async function on(server: TestServer, device: string): Promise<JsonClient & { readonly token: string }> {
  const client = server.connectJson(`alice on ${device}`);
  return Object.assign(client, { token: await client.logsIn('alice', PASSWORD, device) });
}

/** Calls a command of a program. @returns its answer, or the error */
async function asks(client: JsonClient, name: string, text = ''): Promise<object> {
  client.says({ type: 'command', request: name, name, text });
  return client.sees({ request: name });
}

async function isRefused(server: TestServer, token: string): Promise<void> {
  const client = server.connectJson();
  client.says({ type: 'resume', token });
  await client.sees({ type: 'ask', question: 'username', because: 'expired' });
  await client.closes();
}

async function takes(client: JsonClient, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const { id } = (await client.sees({ type: 'message', text })) as { id: number };
    client.says({ type: 'acknowledge', id });
  }
  await client.seesNothing();
}

describe('the list of devices', () => {
  test('says when a device that is away was last seen: when it left', async () => {
    await using server = await startServer({ timeouts: false });
    await server.registers('alice');
    const phone = await on(server, 'phone');
    server.clock.advance(3600);
    await phone.closes();
    server.clock.advance(1);
    const left = new Date(server.clock.now()).toISOString();
    const laptop = await on(server, 'laptop');
    server.clock.advance(3600);
    expect(await asks(laptop, 'devices')).toMatchObject({
      lines: ['laptop online here', `phone ${left.replace('.000Z', 'Z')}`],
      facts: {
        devices: [
          { name: 'laptop', online: true, current: true },
          { name: 'phone', online: false, current: false, seen: left },
        ],
      },
    });
  });

  test('has those that are online where the server keeps no inboxes', async () => {
    await using server = await startServer({ 'offline-messages': false });
    await server.registers('alice');
    await (await on(server, 'laptop')).closes();
    const [phone, line] = [await on(server, 'phone'), await server.returns('alice')];
    await line.says('devices', 'logout laptop', 'logout phone');
    await line.seesInOrder('default online here', 'phone online', 'end:devices', 'error:device:logout', 'done:1');
    await phone.sees({ type: 'closing', reason: 'signed-out' });
    await isRefused(server, phone.token);
  });
});

describe('signing out a device', () => {
  test('ends its tokens and no others, whatever it logged in with since', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const [phone, laptop] = [await on(server, 'phone'), await on(server, 'laptop')];
    const line = await server.returns('alice');
    expect(await line.asks('logout phone')).toBe('done:1');
    await phone.sees({ type: 'closing', reason: 'signed-out' });
    await phone.isClosed();
    await isRefused(server, phone.token);
    const again = await on(server, 'phone');
    await again.closes();
    await isRefused(server, phone.token);
    const resumed = server.connectJson();
    const next = await resumed.resumes(again.token);
    expect(await line.asks('logout phone')).toBe('done:1');
    for (const token of [phone.token, again.token, next]) await isRefused(server, token);
    await laptop.closes();
    await server.connectJson().resumes(laptop.token);
  });

  test('closes a login with its token that has not finished', async () => {
    const entered = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const gate = definePlugin({
      name: 'gate',
      summary: 'Holds a login with a token until the test lets it go on',
      setup: () => ({
        hooks: {
          onAdmit: {
            guard: {
              order: 'post',
              async handler(session) {
                if (session.preset('resume') === undefined) return undefined;
                entered.resolve();
                await goOn.promise;
                return undefined;
              },
            },
          },
        },
      }),
    });
    await using server = await startServer({ gate });
    await server.registers('alice');
    const [phone, line] = [await on(server, 'phone'), await server.returns('alice')];
    await phone.closes();
    const back = server.connectJson();
    back.says({ type: 'resume', token: phone.token });
    await entered.promise;
    expect(await line.asks('logout phone')).toBe('done:0');
    goOn.resolve();
    await back.sees({ type: 'welcome' });
    await back.sees({ type: 'closing', reason: 'signed-out' });
    await back.isClosed();
  });

  test('leaves nothing queued for it', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const bob = await server.joins('bob');
    const [phone, laptop] = [await on(server, 'phone'), await on(server, 'laptop')];
    await phone.closes();
    expect(await asks(laptop, 'logout', 'phone')).toMatchObject({ text: 'done:0' });
    expect(await bob.asks('message alice hello')).toBe('sent:');
    await takes(laptop, 'hello');
    server.clock.advance(1);
    await (await on(server, 'phone')).seesNothing();
  });

  test('keeps the place of the last device of an account, so that nothing arrives again', async () => {
    await using server = await startServer();
    await server.registers('alice', 'dave');
    const bob = await server.joins('bob');
    const phone = await on(server, 'phone');
    expect(await bob.asks('broadcast read')).toBe('sent:');
    await takes(phone, 'read');
    expect(await asks(phone, 'logout', 'phone')).toMatchObject({ type: 'closing', reason: 'goodbye' });
    await isRefused(server, phone.token);
    server.clock.advance(1);
    expect(await bob.asks('message alice unread')).toBe('sent:');
    await takes(await on(server, 'phone'), 'unread');
  });

  test('ends the tokens of all devices once more are signed out than the server remembers', async () => {
    await using server = await startServer({ resume: { maxSignedOut: 2 } });
    await server.registers('alice', 'bob');
    const laptop = await on(server, 'laptop');
    const bob = server.connectJson();
    const other = await bob.logsIn('bob', PASSWORD, 'laptop');
    await bob.closes();
    for (const device of ['one', 'two', 'two']) {
      await (await on(server, device)).closes();
      expect(await asks(laptop, 'logout', device)).toMatchObject({ text: 'done:0' });
    }
    await laptop.closes();
    const back = server.connectJson();
    const token = await back.resumes(laptop.token);
    await (await on(server, 'three')).closes();
    expect(await asks(back, 'logout', 'three')).toMatchObject({ text: 'done:0' });
    expect(server.limitHits).toMatchObject({ 'signed-out-devices': 1 });
    await isRefused(server, token);
    await server.connectJson().resumes(other);
  });

  test('needs no plugin that issues tokens', async () => {
    await using server = await startServer({ resume: false });
    await server.registers('alice');
    const phone = server.connectJson();
    phone.says({ type: 'login', name: 'alice', password: PASSWORD, device: 'phone' });
    await phone.sees({ type: 'welcome' });
    const line = await server.returns('alice');
    expect(await line.asks('logout phone')).toBe('done:1');
    await phone.sees({ type: 'closing', reason: 'signed-out' });
  });
});

test('a service ends the tokens of one device for other plugins too', async () => {
  await using server = await startServer();
  await server.registers('alice');
  const [line, phone] = [server.connectJson(), await on(server, 'phone')];
  const token = await line.logsIn('alice', PASSWORD);
  const tokens = server.host.service(ResumeTokens.service) as ResumeTokens;
  const [account] = [...server.host.kernel.sessions()].flatMap((session) => session.account ?? []);
  if (account !== undefined) await tokens.revoke(account, '');
  await isRefused(server, token);
  await phone.closes();
  await server.connectJson().resumes(phone.token);
});

test('a device that was signed out while it was away stays so over restarts', { timeout: 60_000 }, async () => {
  await using program = await startProgram();
  await program.registers('alice');
  const tokens = new Map<string, string>();
  for (const device of ['phone', 'laptop']) {
    const client = await program.connectJson();
    tokens.set(device, await client.logsIn('alice', PASSWORD, device));
    await client.closes();
  }
  await program.stop();
  await program.start();
  const line = await program.returns('alice');
  await line.says('devices');
  await line.seesInOrder('default online here', /^laptop \d/, /^phone \d/, 'end:devices');
  expect(await line.asks('logout phone')).toBe('done:0');
  const bob = await program.joins('bob');
  expect(await bob.asks('message alice hello')).toBe('sent:');
  await line.hears('bob', 'hello');
  await program.kill();
  await program.start();
  const phone = await program.connectJson();
  phone.says({ type: 'resume', token: tokens.get('phone') ?? '' });
  await phone.sees({ type: 'ask', because: 'expired' });
  const laptop = await program.connectJson();
  await laptop.resumes(tokens.get('laptop') ?? '');
  await takes(laptop, 'hello');
  const token = await phone.logsIn('alice', PASSWORD, 'phone');
  await phone.closes();
  const back = await program.connectJson();
  await back.resumes(token);
});
