import type { JsonClient } from 'chatserv/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, type Program } from '../support/program.ts';
import { startTwo, type TwoServers } from '../support/two-servers.ts';

/** The names of an answer, by name. */
const sorted = (names: string) => names.split(' ').sort().join(' ');

/** How long the servers may take to learn of each other's users on a busy machine. */
const SOON = { timeout: 15_000 };

/** How long the users of a server that was killed may count as online, in milliseconds. */
const LAPSE = { timeout: 40_000 };

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('the sessions of two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  /** Logs in with JSON, on a device. @returns the client, and the answer's type and reason */
  async function login(program: Program, name: string, device?: string, takeover?: boolean) {
    const client = await program.connectJson();
    client.says({ type: 'login', name, password: PASSWORD, device, takeover });
    const event = await client.next();
    return { client, got: 'because' in event ? `${event.because}` : event.type };
  }

  const isReplaced = async (client: JsonClient) => {
    await client.seesToken();
    await client.sees({ type: 'closing', reason: 'replaced' });
  };

  test('who is online is known on all servers, and told to those who watch; one that was killed frees its users', {
    timeout: 120_000,
  }, async () => {
    await using both = await startTwo(database, nats);
    const [alice, carol] = [await both.first.joins('alice'), await both.first.joins('carol')];
    await both.second.registers('dave');
    const frank = await both.second.joins('frank');
    await expect.poll(async () => sorted(await answer(frank, 'who')), SOON).toBe('alice carol frank');
    await frank.closes();
    const { client: dave } = await login(both.second, 'dave');
    await dave.seesToken();
    await expect.poll(async () => sorted(await answer(alice, 'who')), SOON).toBe('alice carol dave');
    dave.says({ type: 'command', name: 'watch' });
    const listed = (await dave.sees({ type: 'answer' })) as { text: string };
    expect(sorted(listed.text)).toBe('alice carol dave');
    const bob = await both.first.joins('bob');
    await dave.sees({ type: 'presence', came: ['bob'], left: [] });
    const erin = await both.second.joins('erin');
    await dave.sees({ type: 'presence', came: ['erin'], left: [] });
    expect(sorted(await answer(erin, 'whoelse'))).toBe('alice bob carol dave');
    await bob.closes();
    await dave.sees({ type: 'presence', came: [], left: ['bob'] });

    // On another server too, and then only there: she stays online.
    const { client: phone } = await login(both.second, 'carol', 'phone');
    await phone.seesToken();
    await carol.closes();
    await both.first.returns('bob');
    await dave.sees({ type: 'presence', came: ['bob'], left: [] });
    await expect.poll(async () => sorted(await answer(alice, 'whoelse')), SOON).toBe('bob carol dave erin');

    await both.second.kill();
    expect((await login(both.first, 'erin')).got).toBe('connected');
    await expect.poll(() => answer(alice, 'whoelse'), LAPSE).toBe('bob');
    await expect.poll(async () => (await login(both.first, 'erin')).got, { ...LAPSE, interval: 500 }).toBe('welcome');
  });

  describe('of a device', () => {
    let both: TwoServers;
    beforeAll(async () => {
      both = await startTwo(database, nats);
    });
    afterAll(() => both[Symbol.asyncDispose]());

    test('a device has one session on all servers', { timeout: 60_000 }, async () => {
      const alice = await both.first.joins('alice');
      await expect.poll(async () => (await login(both.second, 'alice')).got, SOON).toBe('connected');
      const line = await both.second.connect();
      await line.says('alice');
      await line.sees('connected');
      expect((await login(both.second, 'alice', 'laptop')).got).toBe('welcome');
      await alice.closes();
      await expect.poll(async () => (await login(both.second, 'alice')).got, SOON).toBe('welcome');
      expect((await login(both.first, 'alice')).got).toBe('connected');

      // At the same moment: one gets it, each time.
      await both.first.registers('bob');
      for (let i = 0; i < 10; i++) {
        const outcomes = await Promise.all([login(both.first, 'bob', `d${i}`), login(both.second, 'bob', `d${i}`)]);
        expect(outcomes.map(({ got }) => got).sort()).toEqual(['connected', 'welcome']);
      }
    });

    test('a session that is taken over is closed on the other server, and a resumed one replaces its own', {
      timeout: 60_000,
    }, async () => {
      await both.first.registers('carol');
      const { client: one } = await login(both.first, 'carol');
      const { client: two, got } = await login(both.second, 'carol', undefined, true);
      expect(got).toBe('welcome');
      await isReplaced(one);
      const token = await two.seesToken();
      const three = await both.first.connectJson();
      three.says({ type: 'resume', token });
      await three.sees({ type: 'welcome' });
      await two.sees({ type: 'closing', reason: 'replaced' });
      await three.seesToken();
      await three.seesNothing();
      expect((await login(both.second, 'carol')).got).toBe('connected');
    });
  });

  test('one session per user holds on all servers', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats, { 'single-session': { per: 'account' } });
    await both.first.registers('alice');
    const { client: one } = await login(both.first, 'alice', 'phone');
    expect((await login(both.second, 'alice', 'laptop')).got).toBe('connected');
    expect((await login(both.second, 'alice', 'laptop', true)).got).toBe('welcome');
    await isReplaced(one);
  });

  test('a server that stood still for longer than its lease closes the sessions that others have now', {
    timeout: 60_000,
  }, async () => {
    await using both = await startTwo(database, nats);
    const [alice, bob] = [await both.first.joins('alice'), await both.first.joins('bob')];
    const carol = await both.second.joins('carol');
    await expect.poll(async () => sorted(await answer(carol, 'who')), SOON).toBe('alice bob carol');
    both.first.signals('SIGSTOP');
    await expect.poll(() => answer(carol, 'who'), LAPSE).toBe('carol');
    expect((await login(both.second, 'alice')).got).toBe('welcome');
    both.first.signals('SIGCONT');
    await alice.sees('closing:replaced');
    await expect.poll(async () => sorted(await answer(carol, 'who')), SOON).toBe('alice bob carol');
    await expect.poll(async () => sorted(await answer(bob, 'who')), SOON).toBe('alice bob carol');
    await bob.seesNothing();
  });

  test('a reload of nats, or of single-session, keeps what sessions have', { timeout: 60_000 }, async () => {
    const { now, ...postgres } = database.options();
    const servers = [nats.url];
    await using both = await startTwo(database, nats, { postgres });
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    await expect.poll(async () => sorted(await answer(alice, 'who')), SOON).toBe('alice bob');
    for (const more of [
      { nats: { servers: [...servers, ...servers] } },
      { nats: { servers: [...servers, ...servers] }, 'single-session': { takeover: true } },
    ]) {
      await both.first.configures({ plugins: { sqlite: false, postgres, ...more } });
      expect((await both.first.reloads()).errors).toBeUndefined();
      expect((await login(both.second, 'alice')).got).toBe('connected');
      expect((await login(both.first, 'bob')).got).toBe('connected');
      await expect.poll(async () => sorted(await answer(alice, 'who')), SOON).toBe('alice bob');
      await expect.poll(async () => sorted(await answer(bob, 'who')), SOON).toBe('alice bob');
    }
    await alice.closes();
    await expect.poll(async () => (await login(both.second, 'alice')).got, SOON).toBe('welcome');
  });

  test('when NATS has lost everything, sessions keep what they have', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats);
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    await nats.stop();
    for (const program of [both.first, both.second]) {
      await program.complains(/nats-error/);
      program.stderr = '';
    }
    await nats.start();
    for (const program of [both.first, both.second]) await program.complains(/nats-back/);
    // Not before her server had the time to set it again.
    expect((await login(both.second, 'alice')).got).toBe('connected');
    await expect.poll(() => answer(alice, 'who'), SOON).toBe('alice bob');
    await expect.poll(() => answer(bob, 'who'), SOON).toBe('bob alice');
    await alice.seesNothing();
  });
});
