import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENTRIES_PER_MESSAGE, type Entry, type Gap, type StoredAccount } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, type OpenLog } from './fixture.ts';

const END = Number.MAX_SAFE_INTEGER;

/** Gaps: the new entries of named rooms that a returning device is not sent. */
export function gapContract(name: string, open: OpenLog): void {
  describe(`${name}: gaps`, () => {
    const fixture = new LogFixture(open);

    /** A room that bob is in, with `count` messages of alice's. */
    const roomOf = async (alice: StoredAccount, bob: StoredAccount, count: number) => {
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      const entries: Entry[] = [];
      for (let i = 1; i <= count; i++) entries.push(await fixture.say(alice, { room }, { time: i }));
      return { room, entries, ids: entries.map(({ id }) => id) };
    };
    /** What an account reads past its gaps. */
    const rest = async (account: StoredAccount, after: number, gaps: readonly Gap[]) => {
      const skip = new Map(gaps.map(({ room, before }) => [room.id, before - 1]));
      return (await fixture.log.read(account.id, after, END, 1000, skip)).map(({ id }) => id);
    };

    test('a room with many new messages has a gap before the latest', async () => {
      const [alice, bob] = await fixture.some(2);
      const { room, ids } = await roomOf(alice, bob, 7);
      const [first = 0, second = 0, , fourth = 0, fifth = 0] = ids;
      const after = first - 1;
      const gap = { id: first, time: 1, before: fifth, count: 4 };
      const gaps = await fixture.log.gaps(bob.id, after, END, 3, 3);
      expect(gaps).toEqual([{ room: await fixture.log.room(room), ...gap }]);
      expect(await rest(bob, after, gaps)).toEqual(ids.slice(4));
      expect(await fixture.log.gaps(bob.id, first, END, 3, 3)).toMatchObject([{ id: second, before: fifth, count: 3 }]);
      expect(await fixture.log.gaps(bob.id, after, END, 7, 3)).toEqual([]);
      expect(await fixture.log.gaps(bob.id, fourth, END, 3, 3)).toEqual([]);
      expect(await fixture.log.gaps(alice.id, 0, END, 0, 0)).toEqual([]);
      expect(await fixture.log.gaps(1e12, 0, END, 0, 0)).toEqual([]);
    });

    test('a gap can hold everything up to a bound', async () => {
      const [alice, bob] = await fixture.some(2);
      const { ids } = await roomOf(alice, bob, 5);
      const [first = 0, , , fourth = 0, fifth = 0] = ids;
      const gaps = await fixture.log.gaps(bob.id, 0, fourth, 3, 0);
      expect(gaps).toMatchObject([{ id: first, before: fourth + 1, count: 4 }]);
      expect(await rest(bob, first - 1, gaps)).toEqual([fifth]);
    });

    test('everyone and direct conversations have none', async () => {
      const [alice, bob] = await fixture.some(2);
      for (let i = 0; i < 5; i++) {
        await fixture.say(alice, EVERYONE);
        await fixture.say(alice, direct(alice, bob));
      }
      expect(await fixture.log.gaps(bob.id, 0, END, 1, 1)).toEqual([]);
    });

    test('mentions are read though they are in a gap, which does not begin with one', async () => {
      const [alice, bob] = await fixture.some(2);
      const { room, ids } = await roomOf(alice, bob, 1);
      const say = async (part = {}) => (await fixture.say(alice, { room }, part)).id;
      const [first = 0] = ids;
      const all = await say({ mentionsAll: true });
      const both = await say({ mentions: [bob.id], mentionsAll: true });
      const plain = await say({ mentions: [alice.id] });
      const mention = await say({ mentions: [bob.id] });
      const end = await say();
      const last = await say();
      const gaps = await fixture.log.gaps(bob.id, first, END, 1, 1);
      expect(gaps).toMatchObject([{ id: plain, before: last, count: 3 }]);
      expect(await rest(bob, first, gaps)).toEqual([all, both, mention, last]);
      expect(await rest(bob, both, gaps)).toEqual([mention, last]);
      const skip = new Map([[room, end]]);
      expect((await fixture.log.read(bob.id, first, END, 2, skip)).map(({ id }) => id)).toEqual([all, both]);
      expect((await fixture.log.read(bob.id, all, both, 9, skip)).map(({ id }) => id)).toEqual([both]);
      const mentionsOnly = [await say({ mentions: [bob.id] }), await say({ mentions: [bob.id] })];
      expect(await fixture.log.gaps(bob.id, last, END, 1, 0)).toEqual([]);
      expect(await rest(bob, last, [])).toEqual(mentionsOnly);
    });

    test('entries that do not count make a gap when there are very many', async () => {
      const [alice, bob] = await fixture.some(2);
      const { room, ids } = await roomOf(alice, bob, 1);
      const [first = 0] = ids;
      const changes: number[] = [];
      const change = async () =>
        changes.push((await fixture.say(alice, { room }, { kind: 'reaction', counts: false, of: first })).id);
      while (changes.length < 2 * ENTRIES_PER_MESSAGE - 1) await change();
      expect(await fixture.log.gaps(bob.id, first - 1, END, 2, 2)).toEqual([]);
      await change();
      const gaps = await fixture.log.gaps(bob.id, first - 1, END, 2, 2);
      expect(gaps).toMatchObject([{ id: first, before: changes[0], count: 1 }]);
      const brief = await fixture.log.gaps(bob.id, first, END, 1, 0);
      expect(brief).toMatchObject([{ id: changes[0], before: END + 1, count: 0 }]);
    });

    test('a gap has only what the account could read', async () => {
      const [alice, bob] = await fixture.some(2);
      const { room, ids } = await roomOf(alice, bob, 3);
      const [first = 0, second = 0, third = 0] = ids;
      await fixture.log.leave(room, bob.id, 1);
      for (let i = 0; i < 5; i++) await fixture.say(alice, { room });
      const left = await fixture.log.gaps(bob.id, first - 1, END, 2, 2);
      expect(left).toMatchObject([{ id: first, before: second, count: 1 }]);
      expect(await rest(bob, first - 1, left)).toEqual([second, third]);
      await fixture.log.join(room, bob.id, '', 1);
      const later = [await fixture.say(alice, { room }), await fixture.say(alice, { room })].map(({ id }) => id);
      const gaps = await fixture.log.gaps(bob.id, first - 1, END, 3, 3);
      expect(gaps).toMatchObject([{ id: first, before: third, count: 2 }]);
      expect(await rest(bob, first - 1, gaps)).toEqual([third, ...later]);
      expect(await fixture.log.gaps(bob.id, first - 1, END, 1, 1)).toMatchObject([{ before: later[1], count: 4 }]);
      expect(await fixture.log.gaps(bob.id, third, END, 1, 1)).toMatchObject([{ id: later[0], count: 1 }]);
      await fixture.log.leave(room, bob.id, 1, true);
      expect(await fixture.log.gaps(bob.id, 0, END, 0, 0)).toEqual([]);
    });

    test('each new entry is read, or in one gap, in any room', { timeout: 60_000 }, async () => {
      const [alice, bob] = await fixture.some(2);
      const rooms = [await fixture.room(), await fixture.room()];
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(5), fc.nat(5), async (steps, most, less) => {
          const { log } = fixture;
          const keep = Math.max(0, most - less);
          const after = await log.head();
          for (const { room: which, does } of steps) {
            const room = rooms[which] ?? 0;
            if (does === 'join') await log.join(room, bob.id, '', 1);
            else if (does === 'leave') await log.leave(room, bob.id, 1);
            else if (does === 'trim') await fixture.trim({ history: { before: 0, most: END } });
            else if (does === 'mention') await fixture.say(alice, { room }, { mentions: [bob.id] });
            else await fixture.say(alice, { room }, { counts: does === 'say' });
          }
          const all = (await log.read(bob.id, after, END, 1000)).filter(({ room }) => rooms.includes(room));
          const gaps = await log.gaps(bob.id, after, END, most, keep);
          const read = await rest(bob, after, gaps);
          for (const gap of gaps) {
            const mine = all.filter((entry) => entry.room === gap.room.id);
            const inside = mine.filter(({ id }) => id >= gap.id && id < gap.before);
            expect(inside[0]?.id).toBe(gap.id);
            expect(gap.count).toBe(inside.filter(({ counts }) => counts).length);
            expect(read).not.toContain(gap.id);
          }
          for (const { id, room, counts } of all) {
            const gap = gaps.find((one) => one.room.id === room);
            // A mention within a gap is read all the same.
            if (gap === undefined || id < gap.id || id >= gap.before) expect(read).toContain(id);
            else if (!counts) expect(read).not.toContain(id);
          }
          expect(read).toEqual(read.toSorted((a, b) => a - b));
        }),
        { numRuns: 40 },
      );
    });
  });
}

const step = fc.record({
  room: fc.nat(1),
  does: fc.constantFrom('join', 'leave', 'trim', 'mention', 'change', 'say', 'say', 'say'),
});
