import { describe, expect, test } from 'vitest';
import type { Entry, HistoryRange } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, type OpenLog } from './fixture.ts';

/** The history of single rooms, and who may read it. */
export function historyContract(name: string, open: OpenLog): void {
  describe(`${name}: history`, () => {
    const fixture = new LogFixture(open);

    test('a part of a room is read from either end, with or without what does not count', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      const ids: number[] = [];
      for (let i = 0; i < 6; i++) {
        ids.push((await fixture.say(alice, { room })).id);
        await fixture.say(bob, { room }, { kind: 'reaction', counts: false, of: ids.at(-1) });
        await fixture.say(alice, direct(alice, bob));
      }
      const [one = 0, two, three = 0, four, five = 0, six] = ids;
      const read = async (range: Partial<HistoryRange>) =>
        (await fixture.log.history(room, { limit: 100, ...range })).map(({ id }) => id);
      expect(await read({ counting: true })).toEqual(ids);
      expect(await read({})).toEqual(ids.flatMap((id) => [id, id + 1]));
      expect(await read({ counting: true, limit: 2 })).toEqual([five, six]);
      expect(await read({ counting: true, limit: 2, from: 'oldest' })).toEqual([one, two]);
      expect(await read({ counting: true, after: one, before: five })).toEqual([two, three, four]);
      expect(await read({ counting: true, after: one, before: five, limit: 2 })).toEqual([three, four]);
      expect(await read({ counting: true, after: one, before: five, limit: 2, from: 'oldest' })).toEqual([two, three]);
      expect(await read({ after: three, limit: 2, from: 'oldest' })).toEqual([three + 1, four]);
      expect(await read({ before: one })).toEqual([]);
      expect(await read({ limit: 0 })).toEqual([]);
    });

    test('what counts is found among much that does not', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const first = await fixture.say(alice, to);
      const reaction = { to, kind: 'reaction', version: 1, counts: false, sender: bob.id, from: bob.name };
      const plain = { device: '', toSender: false, body: '{}', time: 1, of: first.id };
      for (let i = 0; i < 5; i++) await fixture.append(Array.from({ length: 500 }, () => ({ ...reaction, ...plain })));
      const last = await fixture.say(alice, to);
      const range = { counting: true, limit: 10 };
      const both = [first.id, last.id];
      expect((await fixture.log.history(first.room, range)).map(({ id }) => id)).toEqual(both);
      expect((await fixture.log.history(first.room, { ...range, from: 'oldest' })).map(({ id }) => id)).toEqual(both);
    });

    test('the entries of some accounts are left out, however many they are', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const room = await fixture.room();
      const said: number[] = [];
      for (let i = 0; i < 4; i++) {
        said.push((await fixture.say(alice, { room })).id);
        await fixture.say(bob, { room }, { kind: 'reaction', counts: false });
        const from = { sender: bob.id, from: bob.name, to: { room }, kind: 'message', version: 1, counts: true };
        const plain = { device: '', toSender: false, body: 'again', time: 1 };
        await fixture.append(Array.from({ length: 900 }, () => ({ ...from, ...plain })));
        await fixture.say(carol, { room });
      }
      const read = async (range: Partial<HistoryRange>) =>
        (await fixture.log.history(room, { limit: 100, except: [bob.id, carol.id], ...range })).map(({ id }) => id);
      expect(await read({})).toEqual(said);
      expect(await read({ counting: true, limit: 2 })).toEqual(said.slice(2));
      expect(await read({ from: 'oldest', limit: 3 })).toEqual(said.slice(0, 3));
      expect(await read({ after: said[1], before: said[3] })).toEqual([said[2]]);
      expect(await read({ except: [], limit: 1, counting: true })).not.toEqual(said.slice(3));
    });

    test('changes of entries are found by what they change', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const [one, two, three] = [
        await fixture.say(alice, to),
        await fixture.say(alice, to),
        await fixture.say(alice, to),
      ];
      const change = (of: Entry) => fixture.say(bob, to, { kind: 'edit', counts: false, of: of.id, body: '{}' });
      const changes = [await change(two), await change(one), await change(two)];
      await change(three);
      expect(await fixture.log.changes([one.id, two.id], 10)).toEqual(changes);
      expect(await fixture.log.changes([one.id, two.id], 2)).toEqual(changes.slice(0, 2));
      const mark = await fixture.say(bob, to, { kind: 'mark', counts: false, of: one.id, body: '{}' });
      expect(await fixture.log.changes([one.id, two.id], 10, 'edit')).toEqual(changes);
      expect(await fixture.log.changes([one.id, two.id], 1, 'mark')).toEqual([mark]);
      expect(await fixture.log.changes([two.id], 10, 'mark')).toEqual([]);
      expect(await fixture.log.changes([], 10)).toEqual([]);
      expect(await fixture.log.changes([1e12], 10)).toEqual([]);
    });

    test('an account may read a room from when it joined to when it left, in each period', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      const before = await fixture.say(alice, { room });
      await fixture.log.join(room, bob.id, '', 1);
      const during = await fixture.say(alice, { room });
      await fixture.log.leave(room, bob.id, 2);
      const after = await fixture.say(alice, { room });
      await fixture.log.join(room, bob.id, '', 3);
      expect(await fixture.log.spans(bob.id, room)).toEqual([
        { since: during.id - 1, until: during.id + 1 },
        { since: after.id + 1, until: 0 },
      ]);
      const readable = async ({ id }: Entry) => (await fixture.log.readable(bob.id, id))?.id;
      expect(await readable(before)).toBeUndefined();
      expect(await fixture.log.readable(bob.id, during.id)).toEqual(during);
      expect(await readable(after)).toBeUndefined();
      expect(await fixture.log.spans(alice.id, room)).toEqual([]);
      await fixture.log.leave(room, bob.id, 4, true);
      expect(await fixture.log.spans(bob.id, room)).toEqual([]);
      expect(await readable(during)).toBeUndefined();
    });

    test('everyone is readable since registration, and a conversation to its members', async () => {
      const [alice, bob] = await fixture.some(2);
      const toAll = await fixture.say(alice, EVERYONE);
      const pair = await fixture.say(alice, direct(alice, bob));
      const carol = await fixture.create();
      const later = await fixture.say(alice, EVERYONE);
      const readable = async (account: { id: number }, { id }: Entry) =>
        (await fixture.log.readable(account.id, id))?.id;
      expect(await readable(bob, toAll)).toBe(toAll.id);
      expect(await readable(bob, pair)).toBe(pair.id);
      expect(await readable(carol, toAll)).toBeUndefined();
      expect(await readable(carol, pair)).toBeUndefined();
      expect(await readable(carol, later)).toBe(later.id);
      expect(await fixture.log.spans(carol.id, 1)).toEqual([{ since: pair.id, until: 0 }]);
      expect(await fixture.log.spans(carol.id, pair.room)).toEqual([]);
      expect(await fixture.log.spans(bob.id, pair.room)).toMatchObject([{ until: 0 }]);
      expect(await fixture.log.spans(1e12, 1)).toEqual([]);
      expect(await fixture.log.readable(bob.id, 1e12)).toBeUndefined();
    });

    test('an inbox leaves out what is to be skipped of a room', async () => {
      const [alice, bob] = await fixture.some(2);
      const [room, other] = [await fixture.room(), await fixture.room()];
      for (const one of [room, other]) await fixture.log.join(one, bob.id, '', 1);
      const said: Entry[] = [];
      for (let i = 0; i < 6; i++) said.push(await fixture.say(alice, { room: i % 2 === 0 ? room : other }));
      const [, , third, , fifth] = said;
      const after = said[0]?.id ?? 0;
      const skip = new Map([[room, third?.id ?? 0]]);
      const read = await fixture.log.read(bob.id, after, Number.MAX_SAFE_INTEGER, 10, skip);
      expect(read).toEqual(said.slice(1).filter((entry) => entry !== third));
      expect(await fixture.log.read(bob.id, after, Number.MAX_SAFE_INTEGER, 3, skip)).toEqual(read.slice(0, 3));
      expect(await fixture.log.read(bob.id, fifth?.id ?? 0, Number.MAX_SAFE_INTEGER, 3, skip)).toEqual([said[5]]);
    });
  });
}
