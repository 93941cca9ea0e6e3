import { connect } from '@nats-io/transport-node';
import type { LineClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { answer } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { startTwo } from '../support/two-servers.ts';

/** How long a server may take on a busy machine to learn who is online on another one. */
const SOON = { timeout: 15_000 };

/** Awaits that a client's server knows a user of another one. */
const knows = (client: LineClient, name: string) =>
  expect.poll(async () => (await answer(client, 'who')).split(' '), SOON).toContain(name);

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('messages that are not stored', () => {
  const database = usePostgres();
  const nats = useNats();

  test('reach the users of other servers, after what their sender has stored', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats, { broadcast: { to: 'online' } });
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    await knows(alice, 'bob');
    const texts = Array.from({ length: 40 }, (_, number) => `number ${number}`);
    for (const [number, text] of texts.entries()) {
      await alice.says(number % 2 === 0 ? `message bob ${text}` : `broadcast ${text}`);
    }
    for (const _ of texts) await alice.sees('sent:');
    const heard: number[] = [];
    for (const _ of texts) heard.push(Number((await bob.sees(/alice: number \d+$/)).match(/\d+$/)?.[0]));
    await bob.seesNothing();
    for (const [place, number] of heard.entries()) {
      if (number % 2 === 0) continue;
      const before = heard.slice(0, place).sort((a, b) => a - b);
      // A later message that is stored may overtake it.
      expect(before.filter((other) => other < number)).toEqual(Array.from({ length: number }, (_, other) => other));
    }
    await alice.seesNothing();
  });

  test('reach them where nothing is stored at all', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats, { 'offline-messages': false, history: false });
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    const carol = await both.second.joins('carol');
    for (const name of ['bob', 'carol']) await knows(alice, name);
    expect(await answer(alice, 'message bob hi')).toBe('sent:');
    await bob.hears('alice', 'hi');
    expect(await answer(alice, 'message (bob carol) hi both')).toBe('sent:');
    await bob.hears('alice', 'hi both');
    await carol.hears('alice', 'hi both');
    expect(await answer(alice, 'create #tea')).toBe('created:#tea');
    await expect.poll(() => answer(bob, 'join #tea'), SOON).toBe('joined:#tea');
    await alice.sees(/bob joined$/);
    expect(await answer(bob, 'message #tea a cup?')).toBe('sent:');
    await alice.sees(/bob: a cup\?$/);
    expect(await answer(bob, 'broadcast good night')).toBe('sent:');
    await alice.hears('bob', 'good night');
    await carol.hears('bob', 'good night');
    for (const one of [alice, bob, carol]) await one.seesNothing();
  });

  test('arrive once, and only in the right form', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats, { broadcast: { to: 'online' } });
    const [alice, bob] = [await both.first.joins('alice'), await both.second.joins('bob')];
    await knows(alice, 'bob');
    const stranger = await connect({ servers: nats.url, noEcho: true });
    const spy = stranger.subscribe('chatserv.*.all', {
      callback(_, message) {
        const { subject } = message;
        const text = message.string();
        if (!text.includes('hello')) return;
        const forged = (entry: object) => JSON.stringify({ key: String(Math.random()), after: 0, entry });
        const { entry } = message.json<{ entry: object }>();
        for (const wrong of [
          { ...entry, body: 5 },
          { ...entry, kind: 'nonsense' },
          { ...entry, kind: 'redaction', of: 1, body: '{}' },
          { ...entry, kind: 'report', body: '{"open":"many"}' },
          { ...entry, kind: 'report', body: 'not JSON' },
          { ...entry, members: 'alice' },
        ]) {
          stranger.publish(subject, forged(wrong));
        }
        for (const nonsense of ['{', '{}', '{"key":1}']) stranger.publish(subject, nonsense);
        stranger.publish(subject, text);
        stranger.publish(subject, forged({ ...entry, from: 'mallory\u001b[2J\n', body: 'one\nline\u0007' }));
      },
    });
    await stranger.flush();
    expect(await answer(alice, 'broadcast hello')).toBe('sent:');
    await bob.hears('alice', 'hello');
    // Who can write to NATS can say anything, but sends no control characters.
    await bob.hears('mallory[2J ', 'one line');
    expect(await answer(alice, 'broadcast bye')).toBe('sent:');
    await bob.hears('alice', 'bye');
    spy.unsubscribe();
    await stranger.close();
    await bob.seesNothing();
  });
});
