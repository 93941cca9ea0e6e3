import { definePlugin, type Entry, MessageLog, refuse } from 'chatserv';
import { startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Program } from '../../../test/support/json-program.ts';
import { reactionIn } from './emoji.ts';
import { Tally } from './tally.ts';

describe('a reaction', () => {
  test.each([
    ['👍', '👍'],
    ['👍🏽', '👍🏽'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['🇪🇪', '🇪🇪'],
    ['1️⃣', '1️⃣'],
    ['❤', '❤️'],
    ['❤️', '❤️'],
    ['Yes', 'yes'],
    ['no', undefined],
    ['👍👍', undefined],
    ['👍x', undefined],
    ['1', undefined],
    ['#', undefined],
    ['\u200d', undefined],
    ['', undefined],
  ])('%s is read as %s', (text, reaction) => {
    expect(reactionIn(text, ['yes'])).toBe(reaction);
  });

  test('from two devices at the same moment is one, and limits hold', async () => {
    await using server = await startServer({ reactions: { maxReactions: 2, maxPerUser: 2, maxEntries: 4 } });
    await server.registers('alice', 'bob');
    const [phone, laptop] = [
      await Program.logsIn(server.connectJson(), 'alice', 'phone'),
      await Program.logsIn(server.connectJson(), 'alice', 'laptop'),
    ];
    const { id: message = 0 } = await phone.asks('message', { to: ['bob'], text: 'hi' });
    const react = (one: Program, reaction: string) => one.asks('react', { message, reaction });
    await Promise.all([react(phone, '👍'), react(laptop, '👍')]);
    const settled = await Promise.allSettled([react(phone, '🎉'), react(laptop, '🍵')]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const log = server.host.service(MessageLog.service) as MessageLog;
    expect(await log.changes([message], 10, 'reaction')).toHaveLength(2);
    await phone.asks('unreact', { message, reaction: '👍' });
    await react(phone, '👍');
    // However many were taken back, the log holds so many at most.
    await phone.asks('unreact', { message, reaction: '👍' });
    await expect(react(phone, '👍')).rejects.toThrow('"reason":"too-many"');
    expect(server.limitHits).toEqual({ reactions: 2 });
  });

  test('is refused to those who may not post, whatever refuses them, and is not rewritten', async () => {
    const filter = definePlugin({
      name: 'filter',
      summary: 'Filters messages',
      setup: () => ({
        hooks: {
          onMessage: {
            guard: ({ from, of, kind }) =>
              from.name === 'mallory' && of !== undefined && kind === 'reaction' ? refuse('muted') : undefined,
            transform(message) {
              message.text = message.text.replace('👎', '*');
            },
          },
        },
      }),
    });
    await using server = await startServer({ filter });
    const [alice, mallory] = [await server.joins('alice'), await server.joins('mallory')];
    expect(await alice.asks('broadcast hi')).toBe('sent:');
    await mallory.hears('alice', 'hi');
    expect(await mallory.asks('react last 👎')).toBe('error:muted:react');
    expect(await alice.asks('react 1 👎')).toBe('reacted:1');
    await mallory.sees(/alice reacted 👎 to alice: "hi"$/);
  });

  test('needs no approval where messages do', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('create #lab')).toBe('created:#lab');
    expect(await bob.asks('join #lab')).toBe('joined:#lab');
    await alice.sees(/bob joined$/);
    expect(await alice.asks('message #lab hi')).toBe('sent:');
    await bob.sees(/alice: hi$/);
    expect(await alice.asks('room-approval #lab on')).toBe('done:');
    await bob.next();
    expect(await bob.asks('react last 👍')).toBe('reacted:4');
    await alice.sees(/bob reacted 👍 to alice: "hi"$/);
  });

  test('is quoted to those who were away', async () => {
    await using server = await startServer();
    await server.registers('carol');
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('broadcast hi')).toBe('sent:');
    await bob.hears('alice', 'hi');
    expect(await bob.asks('react last 👍')).toBe('reacted:1');
    await server.reload({ replies: {} });
    const carol = await server.returns('carol');
    await carol.hears('alice', 'hi');
    await carol.sees(/bob reacted 👍 to alice: "hi"$/);
  });

  test('that was on its way while its message was deleted is refused', async () => {
    const { promise: waits, resolve: isWaiting } = Promise.withResolvers<void>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const holder = definePlugin({
      name: 'holder',
      summary: 'Holds reactions up',
      setup: () => ({
        hooks: {
          onMessage: {
            async guard({ kind }) {
              if (kind !== 'reaction') return;
              isWaiting();
              await promise;
            },
          },
        },
      }),
    });
    await using server = await startServer({ holder });
    await server.registers('alice', 'bob');
    const alice = await Program.logsIn(server.connectJson(), 'alice');
    const bob = await Program.logsIn(server.connectJson(), 'bob');
    const { id: message = 0 } = await alice.asks('message', { to: ['bob'], text: 'secret' });
    const reacting = bob.asks('react', { message, reaction: '👍' });
    await waits;
    await alice.asks('delete', { message });
    resolve();
    await expect(reacting).rejects.toThrow('"reason":"deleted"');
    expect(server.failures).toEqual([]);
  });
});

test('a tally is what a plain list of reactions comes to', () => {
  const change = fc.record({
    sender: fc.integer({ min: 1, max: 3 }),
    emoji: fc.constantFrom('a', 'b'),
    on: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      let list: string[] = [];
      for (const { sender, emoji, on } of changes) {
        const one = `${emoji} ${sender}`;
        if (!on) list = list.filter((other) => other !== one);
        else if (!list.includes(one)) list.push(one);
      }
      const entries = changes.map(({ sender, ...data }) => ({
        sender,
        from: String(sender),
        body: JSON.stringify(data),
      }));
      const blank = { sender: 1, from: '1', body: '', redacted: true };
      const tally = new Tally([...entries, blank] as Entry[]);
      const found = tally.list(1).flatMap(({ emoji, names }) => names.map((name) => `${emoji} ${name}`));
      expect(found.toSorted()).toEqual(list.toSorted());
      expect(tally.size).toBe(new Set(list.map(([emoji]) => emoji)).size);
      expect(tally.countOf(1)).toBe(list.filter((one) => one.endsWith('1')).length);
      for (const { emoji, own } of tally.list(2)) expect(own).toBe(list.includes(`${emoji} 2`));
    }),
  );
});
