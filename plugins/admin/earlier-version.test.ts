import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startServer, type TestServer } from 'chatserv/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const EARLIER = new URL('../../test/fixtures/released/bans.sql', import.meta.url);

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-bans-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const start = () =>
  startServer({
    memory: false,
    sqlite: { file: join(folder, 'chat.db') },
    admin: { audit: join(folder, 'audit.log') },
    lockout: { lockoutDuration: 600 },
  });

/** How those are received who were kept out, and one who was not. */
async function received(server: TestServer): Promise<Record<string, string>> {
  const from = async (address: string) => server.connect('someone', address).asks('not a name');
  const as = async (name: string, address?: string) => server.connect(name, address).asks(name);
  return {
    bob: await as('bob'),
    carol: await as('carol'),
    erin: await as('erin'),
    gina: await as('gina', '192.0.2.9'),
    'gina, elsewhere': await as('gina', '192.0.2.8'),
    address: await from('198.51.100.7'),
    'another address': await from('198.51.100.8'),
    network: await from('203.0.113.77'),
    'IPv6 network': await from('2001:db8::77'),
  };
}

test('bans, mutes and lockouts of version 0.1.0 are imported once, with their time', async () => {
  const old = new DatabaseSync(join(folder, 'chat.db'));
  old.exec(readFileSync(EARLIER, 'utf8'));
  old.close();
  const century = 100 * 365 * 86_400;
  for (const _start of ['first', 'second']) {
    await using server = await start();
    expect(await received(server)).toEqual({
      bob: `blocked:${century}`,
      carol: 'blocked:600',
      erin: 'blocked:600',
      gina: 'blocked:600',
      'gina, elsewhere': 'password',
      address: 'closing:banned',
      'another address': 'username',
      network: 'closing:banned',
      'IPv6 network': 'closing:banned',
    });
    for (const name of ['dave', 'frank']) {
      const muted = await server.returns(name);
      expect(await muted.asks('broadcast hi')).toBe('error:muted:broadcast');
    }
  }
  await using server = await start();
  const root = await server.returns('root', '192.0.2.1');
  for (const who of ['bob', 'erin', '2001:db8::5']) expect(await root.asks(`unban ${who}`)).toBe('done:');
  expect(await root.asks('unmute frank')).toBe('done:');
  expect(await root.asks('unblock gina')).toBe('done:1');
  server.clock.advance(599);
  expect(await server.connect().asks('carol')).toBe('blocked:1');
  server.clock.advance(3001);
  expect(await received(server)).toMatchObject({
    bob: 'password',
    carol: 'password',
    erin: 'password',
    gina: 'password',
    address: 'closing:banned',
    network: 'closing:banned',
    'IPv6 network': 'username',
  });
  for (const name of ['frank', 'dave']) {
    expect(await (await server.returns(name)).asks('message root hi')).toBe('sent:');
  }
  server.clock.advance(3601);
  expect((await received(server)).network).toBe('username');
});
