import { Accounts, definePlugin } from 'chatserv';
import { type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { isSync } from '../../src/api/handlers.ts';
import { allPhases } from '../../src/host/hook-table.ts';

type Play = (server: TestServer, fails: (on: boolean) => void) => Promise<void>;

/** What a client sees when a handler throws, as the hook table documents it: by hook, or by hook and phase. */
const CASES: Readonly<Record<string, Play>> = {
  async onConnect(server, fails) {
    fails(true);
    const alice = server.connect();
    await alice.sees('closing:internal');
    await alice.isClosed();
  },
  async onUsername(server, fails) {
    fails(true);
    const alice = server.connect();
    await alice.says('alice');
    await alice.sees('username');
    fails(false);
    await alice.logsIn('alice', PASSWORD);
  },
  async onPassword(server, fails) {
    fails(true);
    const alice = server.connect();
    await alice.says('alice', PASSWORD, PASSWORD, PASSWORD, PASSWORD);
    for (let i = 0; i < 5; i++) await alice.sees('password');
    fails(false);
    await alice.says(PASSWORD);
    await alice.sees('welcome');
  },
  async onAuthFail(server, fails) {
    fails(true);
    const alice = server.connect();
    await alice.says('alice', 'wrong', 'wrong', 'wrong');
    // The plugin lockout, which runs after it, counts anyway.
    await alice.seesInOrder('password', 'password', 'password', '60');
  },
  async 'onPassword.observe'(server, fails) {
    fails(true);
    await server.returns('alice');
  },
  async 'onConnect.observe'(server, fails) {
    fails(true);
    await server.returns('alice');
  },
  async 'onCommand.observe'(server, fails) {
    const alice = await server.returns('alice');
    fails(true);
    expect(await alice.asks('who')).toBe('alice');
  },
  async onAdmit(server, fails) {
    fails(true);
    const alice = server.connect();
    await alice.says('alice', PASSWORD);
    await alice.seesInOrder('password', 'username');
    fails(false);
    await alice.logsIn('alice', PASSWORD);
  },
  async onLogin(server, fails) {
    fails(true);
    const alice = await server.returns('alice');
    expect(await alice.asks('who')).toBe('alice');
  },
  async onAccountChange(server, fails) {
    const alice = server.connectJson();
    await alice.logsIn('alice', PASSWORD);
    fails(true);
    await signOut(server, 'alice');
    await alice.sees({ type: 'closing', reason: 'signed-out' });
  },
  async onCommand(server, fails) {
    const alice = await server.returns('alice');
    fails(true);
    expect(await alice.asks('who')).toBe('error:internal:who');
    fails(false);
    expect(await alice.asks('who')).toBe('alice');
  },
  async onMessage(server, fails) {
    const [alice, bob] = await both(server);
    fails(true);
    expect(await alice.asks('message bob lost')).toBe('error:internal:message');
    fails(false);
    expect(await alice.asks('message bob kept')).toBe('sent:');
    await bob.hears('alice', 'kept');
  },
  async 'onMessage.observe'(server, fails) {
    const [alice, bob] = await both(server);
    fails(true);
    expect(await alice.asks('message bob hi')).toBe('sent:');
    await bob.hears('alice', 'hi');
  },
  async onDeliver(server, fails) {
    const [alice, bob] = await both(server);
    fails(true);
    expect(await alice.asks('message bob later')).toBe('sent:');
    await bob.seesNothing();
    fails(false);
    await bob.says('fetch');
    await bob.sees('fetching');
    await bob.hears('alice', 'later');
  },
  async onDelivered(server, fails) {
    const [alice, bob] = await both(server);
    fails(true);
    expect(await alice.asks('message bob hi')).toBe('sent:');
    await bob.hears('alice', 'hi');
    await bob.logsOut();
    // The handlers after it have moved the cursor.
    const again = await server.returns('bob');
    await again.seesNothing();
  },
  async onDisconnect(server, fails) {
    const [alice, bob] = await both(server);
    fails(true);
    await bob.logsOut();
    await alice.asksUntil('who', 'alice');
    await alice.asksUntil('wholast 1', 'alice bob');
  },
};

describe('a handler that throws or rejects', () => {
  test.each(allPhases())('in $hook, $phase: the documented result, and the log names it', async ({ hook, phase }) => {
    const plays = CASES[`${hook}.${phase}`] ?? CASES[hook];
    for (const how of ['throws', 'rejects'] as const) {
      if (how === 'rejects' && isSync(hook)) continue;
      let failing = false;
      const fail = () => {
        if (!failing) return undefined;
        const cause = new Error('on purpose');
        if (how === 'throws') throw cause;
        return Promise.reject(cause);
      };
      const broken = definePlugin({
        name: 'broken',
        summary: `Fails in ${hook}`,
        setup: () => ({ hooks: { [hook]: { [phase]: { order: 'pre', handler: fail } } } }),
      });
      await using server = await startServer({ broken });
      await server.registers('alice', 'bob');
      await plays?.(server, (on) => {
        failing = on;
      });
      expect(server.failures.length).toBeGreaterThan(0);
      for (const { text } of server.failures) expect(text).toBe(`${hook} of plugin 'broken' failed`);
    }
  });
});

async function signOut(server: TestServer, name: string): Promise<void> {
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.signOut((await accounts.find(name))?.id ?? 0);
}

async function both(server: TestServer): Promise<[LineClient, LineClient]> {
  return [await server.returns('alice'), await server.returns('bob')];
}
