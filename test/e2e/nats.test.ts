import { connect } from '@nats-io/transport-node';
import type { LineClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { answer, answerUntil } from '../support/answer.ts';
import { comes } from '../support/comes.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import { startTwo } from '../support/two-servers.ts';

/** How many messages go back and forth. Each waits for the one before, so looks at the log alone would take a second a round. */
const ROUNDS = 10;

/** How long they may take with announcements on a busy machine, in milliseconds. */
const AT_ONCE = (ROUNDS - 1) * 900;

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('two servers with one PostgreSQL and NATS', () => {
  const database = usePostgres();
  const nats = useNats();

  const startBoth = () => startTwo(database, nats);

  /** Has two users answer each other in a place. @returns how long that took, in milliseconds */
  async function converse(alice: LineClient, bob: LineClient, places: readonly [ofBob: string, ofAlice: string]) {
    const start = performance.now();
    const heard = (text: string) => new RegExp(`: ${text}$`);
    for (let round = 1; round <= ROUNDS; round++) {
      expect(await alice.asks(`${places[0]} ping ${round}`)).toBe('sent:');
      await bob.sees(heard(`ping ${round}`));
      expect(await bob.asks(`${places[1]} pong ${round}`)).toBe('sent:');
      await alice.sees(heard(`pong ${round}`));
    }
    return performance.now() - start;
  }

  test('messages to users, rooms and everyone arrive at once', { timeout: 60_000 }, async () => {
    await using both = await startBoth();
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    expect(await converse(alice, bob, ['message bob', 'message alice'])).toBeLessThan(AT_ONCE);
    expect(await converse(alice, bob, ['broadcast', 'broadcast'])).toBeLessThan(AT_ONCE);
    expect(await answer(alice, 'create #tea')).toBe('created:#tea');
    await answerUntil(bob, 'join #tea', 'joined:#tea');
    await bob.sees(/messages are kept for/);
    await comes(alice, /bob joined$/);
    expect(await converse(alice, bob, ['message #tea', 'message #tea'])).toBeLessThan(AT_ONCE);
    // A room that a user is in at login.
    await bob.closes();
    const again = await both.second.returns('bob');
    expect(await converse(alice, again, ['message #tea', 'message #tea'])).toBeLessThan(AT_ONCE);
  });

  test('rooms are known at once', { timeout: 60_000 }, async () => {
    await using both = await startBoth();
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    const start = performance.now();
    for (let round = 1; round <= ROUNDS; round++) {
      expect(await answer(alice, `create #tea-${round}`)).toBe(`created:#tea-${round}`);
      await answerUntil(bob, `join #tea-${round}`, `joined:#tea-${round}`);
      expect(await answer(bob, `create #milk-${round}`)).toBe(`created:#milk-${round}`);
      await answerUntil(alice, `join #milk-${round}`, `joined:#milk-${round}`);
    }
    expect(performance.now() - start).toBeLessThan(AT_ONCE);
  });

  test('while NATS is away messages arrive all the same, logins wait, and all is as before when it is back', {
    timeout: 60_000,
  }, async () => {
    await using both = await startBoth();
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    await both.first.registers('carol');
    await nats.stop();
    await both.second.complains(/nats-error/);
    for (const text of ['one', 'two', 'three']) expect(await alice.asks(`message bob ${text}`)).toBe('sent:');
    for (const text of ['one', 'two', 'three']) await bob.hears('alice', text);
    const carol = await both.first.connectJson();
    carol.says({ type: 'login', name: 'carol', password: PASSWORD });
    await carol.sees({ type: 'closing', reason: 'busy' });
    both.first.stderr = both.second.stderr = '';
    await nats.start();
    for (const program of [both.first, both.second]) await program.complains(/nats-back/);
    expect(await converse(alice, bob, ['message bob', 'message alice'])).toBeLessThan(AT_ONCE);
    await bob.seesNothing();
  });

  test('announcements that are wrong, repeated or nonsense change nothing', { timeout: 60_000 }, async () => {
    await using both = await startBoth();
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    const stranger = await connect({ servers: nats.url });
    const subjects = new Set<string>();
    const spy = stranger.subscribe('chatserv.*.account.*', {
      callback: (_, { subject, data }) => {
        if (subjects.has(subject)) return;
        subjects.add(subject);
        for (const text of [data, '999999999', '0', '-1', 'NaN', '1e999', '', '{"id":1}']) {
          stranger.publish(subject, text);
        }
      },
    });
    await stranger.flush();
    expect(await converse(alice, bob, ['message bob', 'message alice'])).toBeLessThan(AT_ONCE);
    expect(subjects.size).toBe(2);
    spy.unsubscribe();
    await stranger.close();
    await bob.seesNothing();
    await alice.seesNothing();
  });
});

test('nats needs a store that several servers can share', async () => {
  const started = startProgram({ plugins: { nats: true } });
  await expect(started).rejects.toThrow('it needs a store that several servers can share, such as postgres');
});
