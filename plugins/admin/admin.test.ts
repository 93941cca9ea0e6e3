import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, definePlugin, Storage, z } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-admin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Gives roles in the server. */
let give: (name: string, ...roles: string[]) => Promise<void>;

async function serverWithAdmin(audit = join(folder, 'log/audit.log')): Promise<TestServer> {
  const giver = definePlugin({
    name: 'giver',
    summary: 'Gives roles',
    needs: { accounts: Accounts },
    setup({ accounts }) {
      give = async (name, ...roles) => accounts.setRoles((await accounts.find(name))?.id ?? 0, roles);
    },
  });
  return startServer({ giver, admin: { audit } });
}

/** What was written down, without the times. */
function audited(): string[] {
  const lines = readFileSync(join(folder, 'log/audit.log'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { time, by, did, what } = JSON.parse(line) as Record<string, string>;
    expect(time).toMatch(/^2026-01-01T00:/);
    return `${by} ${did} ${what}`.trim();
  });
}

test('commands that need a role are denied to others and hidden from them', async () => {
  await using server = await serverWithAdmin();
  const alice = await server.joins('alice');
  for (const command of ['kick alice', 'ban', 'unban x y z', 'mute', 'unmute', 'announce', 'reload now']) {
    expect(await alice.asks(command)).toBe(`error:denied:${command.split(' ')[0]}`);
  }
  expect(await alice.asks('help kick')).toBe('error:args:help');
  await give('alice', 'moderator');
  await alice.says('help kick', 'ban bob', 'kick', 'kick ghost');
  await alice.seesInOrder(/^kick <user>/, 'end:help', 'error:denied:ban', 'error:args:kick', 'error:user:kick');
  await give('alice', 'admin');
  expect(await alice.asks('ban ghost')).toBe('error:user:ban');
  await give('alice');
  expect(await alice.asks('kick alice')).toBe('error:denied:kick');
});

test('without the plugin roles nobody has a role', async () => {
  await using server = await startServer({ roles: false, admin: { audit: join(folder, 'audit.log') } });
  const alice = await server.joins('alice');
  expect(await alice.asks('kick alice')).toBe('error:denied:kick');
});

test("kick closes a user's connections; the user can log in again", async () => {
  await using server = await serverWithAdmin();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await give('alice', 'moderator');
  expect(await alice.asks('kick BOB')).toBe('done:1');
  await bob.sees('closing:kicked');
  await bob.isClosed();
  expect(await alice.asks('kick bob')).toBe('done:0');
  await server.returns('bob');
  expect(audited()).toEqual(['alice kick BOB', 'alice kick bob']);
  expect(statSync(join(folder, 'log/audit.log')).mode & 0o777).toBe(0o600);
});

test('a ban keeps a user out for its time', async () => {
  await using server = await serverWithAdmin();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await give('alice', 'admin');
  await alice.says('ban bob 10x', 'ban bob 10m');
  await alice.seesInOrder('error:args:ban', 'done:1');
  await bob.sees('closing:banned');
  const again = server.connect();
  expect(await again.asks('Bob')).toBe('blocked:600');
  await again.isClosed();
  server.clock.advance(601);
  const back = await server.returns('bob');
  await alice.says('ban bob');
  await alice.sees('done:1');
  await back.sees('closing:banned');
  await alice.says('unban bob');
  await alice.sees('done:');
  await server.returns('bob');
  expect(audited()).toEqual(['alice ban bob 10m', 'alice ban bob', 'alice unban bob']);
});

test('a token does not bypass a ban', async () => {
  await using server = await serverWithAdmin();
  const alice = await server.joins('alice');
  await server.registers('bob');
  await give('alice', 'admin');
  const bob = server.connectJson();
  const token = await bob.logsIn('bob', PASSWORD);
  expect(await alice.asks('ban bob')).toBe('done:1');
  await bob.sees({ type: 'closing', reason: 'banned' });
  const again = server.connectJson();
  again.says({ type: 'resume', token });
  await again.sees({ type: 'ask', because: 'expired' });
  again.says({ type: 'login', name: 'bob', password: PASSWORD });
  await again.sees({ type: 'blocked' });
  await again.isClosed();
  await alice.says('unban bob');
  await alice.sees('done:');
  const back = server.connectJson();
  back.says({ type: 'resume', token });
  await back.sees({ type: 'ask', because: 'expired' });
});

test('a banned user cannot log in with a correct password or a valid token', async () => {
  await using server = await serverWithAdmin();
  await server.registers('bob', 'carol');
  const alice = await server.joins('alice');
  await give('alice', 'admin');
  const bob = server.connect();
  await bob.says('bob');
  await bob.sees('password');
  expect(await alice.asks('ban bob 10m')).toBe('done:0');
  await bob.says(PASSWORD);
  await bob.sees('600');
  await bob.isClosed();
  const first = server.connectJson();
  const token = await first.logsIn('carol', PASSWORD);
  await first.closes();
  // As another process would, without signing her out.
  const storage = server.host.service(Storage.service) as Storage;
  const accounts = server.host.service(Accounts.service) as Accounts;
  const { id } = (await accounts.find('carol')) ?? {};
  await storage.open('bans', z.json()).set(`account:${id}`, { until: server.clock.now() + 60_000 });
  const carol = server.connectJson();
  carol.says({ type: 'resume', token });
  await carol.sees({ type: 'blocked', seconds: 60 });
  await carol.isClosed();
});

test('a ban, a mute and roles belong to an account, not to the next one of its name', async () => {
  await using server = await serverWithAdmin();
  const alice = await server.joins('alice');
  await server.registers('bob');
  await give('alice', 'admin');
  await give('bob', 'admin');
  await alice.says('mute bob', 'ban bob');
  await alice.seesInOrder('done:', 'done:0');
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.remove((await accounts.find('bob'))?.id ?? 0);
  const bob = await server.joins('bob');
  await bob.says('kick alice', 'message alice hi');
  await bob.seesInOrder('error:denied:kick', 'sent:');
  await alice.hears('bob', 'hi');
});

test('a ban keeps an address out, or for IPv6 its network', async () => {
  await using server = await serverWithAdmin();
  const alice = await server.joins('alice', '192.0.2.1');
  await give('alice', 'admin');
  const [bob, carol] = [await server.joins('bob', '2001:db8::1'), await server.joins('carol', '192.0.2.2')];
  expect(await alice.asks('ban 2001:db8::77 1h')).toBe('done:1');
  await bob.sees('closing:banned');
  const again = server.connect('bob', '2001:db8:0:0:1::9');
  await again.sees('closing:banned');
  await carol.seesNothing();
  await server.returns('bob', '192.0.2.2');
  expect(await alice.asks('unban 2001:db8::1')).toBe('done:');
  await server.joins('dave', '2001:db8::5');
});

test('a muted user cannot send messages, even after logging in again, until the time is over', async () => {
  await using server = await serverWithAdmin();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await give('alice', 'moderator');
  expect(await alice.asks('mute bob 20m')).toBe('done:');
  await bob.says('message alice hi', 'broadcast hi', 'who');
  await bob.seesInOrder('error:muted:message', 'error:muted:broadcast', 'alice bob');
  await bob.logsOut();
  const back = await server.returns('bob');
  expect(await back.asks('message alice hi')).toBe('error:muted:message');
  server.clock.advance(20 * 60);
  expect(await back.asks('message alice hi')).toBe('sent:');
  await alice.hears('bob', 'hi');
  await alice.says('mute bob', 'unmute bob');
  await alice.seesInOrder('done:', 'done:');
  expect(await back.asks('message alice again')).toBe('sent:');
});

test('an announcement reaches everyone, from a sender that cannot be a user', async () => {
  await using server = await serverWithAdmin();
  await server.registers('carol');
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await give('alice', 'admin');
  await alice.says('announce down for tea at 5');
  await alice.hears('*server*', 'down for tea at 5');
  await alice.sees('sent:');
  await bob.hears('*server*', 'down for tea at 5');
  const carol = await server.returns('carol');
  await carol.hears('*server*', 'down for tea at 5');
  expect(await alice.asks('reload')).toMatch(/^nothing has changed; \d+ plugins kept$/);
});

test('a command that cannot be logged is not run', async () => {
  writeFileSync(join(folder, 'file'), '');
  await using server = await serverWithAdmin(join(folder, 'file/audit.log'));
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await give('alice', 'admin');
  expect(await alice.asks('kick bob')).toBe('error:internal:kick');
  await bob.seesNothing();
});
