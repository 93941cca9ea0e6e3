import { describe, expect, test } from 'vitest';
import { answer } from '../support/answer.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, type Program } from '../support/program.ts';
import { type Servers, startServers } from '../support/several-servers.ts';

/** How long the servers may take to learn of each other's users on a busy machine, and to notice a lost connection, in milliseconds. */
const [SOON, NOTICE] = [{ timeout: 15_000 }, { timeout: 40_000, interval: 200 }];

/** The names of an answer, by name. */
const sorted = (names: string) => names.split(' ').sort().join(' ');

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('the way of a server to NATS', () => {
  const database = usePostgres();
  const nats = useNats();

  /** Starts two servers, of which the first reaches NATS through a proxy. */
  async function startBoth(): Promise<Servers & { readonly way: FaultyProxy; readonly both: [Program, Program] }> {
    const way = await startFaultyProxy(nats.port);
    const servers = await startServers(2, database, nats, { ways: [{ nats: way.port }] });
    return {
      ...servers,
      way,
      both: servers.programs as [Program, Program],
      async [Symbol.asyncDispose]() {
        await servers[Symbol.asyncDispose]();
        await way[Symbol.asyncDispose]();
      },
    };
  }

  /** Logs in with JSON. @returns the type of the answer, or its reason */
  async function login(program: Program, name: string): Promise<string> {
    const client = await program.connectJson();
    client.says({ type: 'login', name, password: PASSWORD });
    const event = await client.next();
    if (event.type === 'closing') return event.reason;
    return event.type === 'ask' ? event.because : event.type;
  }

  test('a login that fails while it stalls has claimed nothing once it flows', { timeout: 60_000 }, async () => {
    await using servers = await startBoth();
    const [first, second] = servers.both;
    await first.registers('alice', 'bob', 'carol');
    servers.way.stalls();
    // While the later ones wait, giving up what the first has claimed fails, too.
    for (const name of ['alice', 'bob', 'carol']) expect(await login(first, name)).toBe('busy');
    servers.way.flows();
    await expect.poll(() => login(second, 'alice'), SOON).toBe('welcome');
  });

  test('sessions go on while it stalls, and everyone is shown as online once it flows', {
    timeout: 60_000,
  }, async () => {
    await using servers = await startBoth();
    const [first, second] = servers.both;
    const [alice, bob] = [await first.joins('alice'), await second.joins('bob')];
    await expect.poll(async () => sorted(await answer(alice, 'who')), SOON).toBe('alice bob');
    servers.way.stalls();
    for (const text of ['one', 'two']) {
      expect(await alice.asks(`message bob ${text}`)).toBe('sent:');
      await bob.hears('alice', text);
      expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
      await alice.hears('bob', text);
    }
    // Each takes the other for gone after its lease.
    await expect.poll(() => answer(alice, 'who'), NOTICE).toBe('alice');
    servers.way.flows();
    for (const client of [alice, bob]) {
      await expect.poll(async () => sorted(await answer(client, 'who')), NOTICE).toBe('alice bob');
    }
    expect(await login(second, 'alice')).toBe('connected');
    await alice.seesNothing();
  });

  test.each(['end', 'reset'] as const)(
    'connections that break with %s within a message are made again',
    {
      timeout: 60_000,
    },
    async (how) => {
      await using servers = await startBoth();
      const [first, second] = servers.both;
      const [alice, bob] = [await first.joins('alice'), await second.joins('bob')];
      first.stderr = '';
      servers.way.breaks(how);
      await first.complains(/nats-back/);
      expect(await alice.asks('message bob hi')).toBe('sent:');
      await bob.hears('alice', 'hi');
      await first.registers('carol');
      expect(await login(first, 'carol')).toBe('welcome');
      await expect.poll(async () => sorted(await answer(bob, 'who')), SOON).toBe('alice bob carol');
    },
  );

  test('a connection that is lost without notice is replaced before others take its server for gone', {
    timeout: 60_000,
  }, async () => {
    await using servers = await startBoth();
    const [first, second] = servers.both;
    const [alice, bob] = [await first.joins('alice'), await second.joins('bob')];
    first.stderr = '';
    servers.way.loses();
    await first.complains(/nats-back/);
    expect(await login(second, 'alice')).toBe('connected');
    await alice.seesNothing();
    await expect.poll(async () => sorted(await answer(bob, 'who')), SOON).toBe('alice bob');
  });
});
