import type { ServerEvent } from 'chatserv';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../plugins/stores/postgres/store.ts';
import { answer } from '../support/answer.ts';
import { Program as Asker } from '../support/json-program.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, type Program } from '../support/program.ts';
import { startServers } from '../support/several-servers.ts';
import { shiftedBy } from '../support/shifted.ts';

/** How long the users of a server that was killed may count as online on a busy machine, in milliseconds. */
const LAPSE = { timeout: 40_000, interval: 200 };

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('servers whose clocks differ by ten minutes', () => {
  const database = usePostgres();
  const nats = useNats();

  /** Starts a server that is five minutes ahead, one that is right and one that is five minutes behind. */
  const startAll = (plugins: Readonly<Record<string, unknown>> = {}) =>
    startServers(3, database, nats, { plugins, env: [shiftedBy(5), {}, shiftedBy(-5)] });

  test('notice that, have one order of messages, and trim none that is young', { timeout: 60_000 }, async () => {
    await using servers = await startAll({ 'offline-messages': { trimTime: 0.2, keepDays: 1 }, history: { days: 1 } });
    const programs = servers.programs as [Program, Program, Program];
    await programs[0].complains(/"event":"clock-difference","seconds":300/);
    await programs[2].complains(/"event":"clock-difference","seconds":-300/);
    expect(programs[1].stderr).not.toContain('clock-difference');
    await programs[1].registers('alice', 'bob', 'carol');
    const names = ['alice', 'bob', 'carol'] as const;
    const clients = await Promise.all(
      names.map(async (name, i) => Asker.logsIn(await (programs[i] as Program).connectJson(), name)),
    );
    const sent: string[] = [];
    for (let i = 0; i < 30; i++) {
      sent.push(`message ${i}`);
      await (clients[i % 3] as Asker).asks('broadcast', { text: `message ${i}` });
    }
    for (const [i, client] of clients.entries()) {
      const got: string[] = [];
      const others = sent.filter((_, at) => at % 3 !== i);
      for (; got.length < others.length; await client.asks('who')) {
        got.push(...client.takes('message').map(({ text }) => text));
      }
      expect(got).toEqual(others);
      const { entries } = await client.asks('history', { place: 'everyone', count: 50 });
      expect((entries as { text: string }[]).map(({ text }) => text)).toEqual(sent);
    }
  });

  test('take each other’s tokens and invitations, and know who is online', { timeout: 60_000 }, async () => {
    const { now, ...postgres } = database.options();
    await using servers = await startAll({ postgres });
    const [ahead, right, behind] = servers.programs as [Program, Program, Program];
    await right.registers('alice', 'bob');
    const store = await openStore({ ...postgres, now });
    for (const name of ['alice', 'bob']) {
      await store.accounts.setRoles((await store.accounts.find(name))?.id ?? 0, ['admin']);
    }
    await store.close();

    for (const [name, program, other] of [
      ['alice', ahead, behind],
      ['bob', behind, ahead],
    ] as const) {
      const client = await program.connectJson();
      const token = await client.logsIn(name, PASSWORD);
      const { code } = await new Asker(client).asks('invitation', { time: 3600 });
      const guest = await other.connectJson();
      guest.says({ type: 'register', name: `friend-of-${name}`, password: PASSWORD, invitation: String(code) });
      await guest.sees({ type: 'welcome' });
      const again = await other.connectJson();
      await again.resumes(token);
      await client.sees({ type: 'closing', reason: 'replaced' });
    }
    const carol = await right.joins('carol');
    await expect
      .poll(async () => (await answer(carol, 'who')).split(' ').sort(), { timeout: 30_000 })
      .toEqual(['alice', 'bob', 'carol', 'friend-of-alice', 'friend-of-bob']);
  });

  test('let users of one that is killed in elsewhere when its lease has lapsed, and give them everything once', {
    timeout: 60_000,
  }, async () => {
    await using servers = await startAll();
    const [ahead, right, behind] = servers.programs as [Program, Program, Program];
    await right.registers('alice', 'bob');
    const alice = await ahead.connectJson();
    await alice.logsIn('alice', PASSWORD);
    const bob = await behind.returns('bob');
    for (const text of ['one', 'two', 'three']) expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
    await alice.sees({ text: 'one' });
    await alice.sees({ text: 'two' });
    const { id: seen } = (await alice.sees({ text: 'three' })) as { readonly id: number };
    alice.says({ type: 'acknowledge', id: seen });
    await alice.seesNothing();
    await ahead.kill();
    expect(await bob.asks('message alice four')).toBe('sent:');
    let back = await right.connectJson();
    await expect
      .poll(async () => {
        back = await right.connectJson();
        back.says({ type: 'login', name: 'alice', password: PASSWORD });
        return (await back.next()).type;
      }, LAPSE)
      .toBe('welcome');
    expect(await bob.asks('message alice five')).toBe('sent:');
    const got: Extract<ServerEvent, { type: 'message' }>[] = [];
    while (got.at(-1)?.text !== 'five') {
      const event = await back.next('a message');
      if (event.type === 'message') got.push(event);
    }
    // What the acknowledgement came too late for is known by its id.
    expect(got.filter(({ id }) => id > seen).map(({ text }) => text)).toEqual(['four', 'five']);
    await back.seesNothing();
  });
});
