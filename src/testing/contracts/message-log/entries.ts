import { describe, expect, test } from 'vitest';
import { EVERYONE as EVERYONE_ID } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, message, type OpenLog } from './fixture.ts';

/** Reading all rooms in the order of the log, for indexes of it: what is there, what is gone, and who may read it. */
export function entriesContract(name: string, open: OpenLog): void {
  describe(`${name}: entries of all rooms`, () => {
    const fixture = new LogFixture(open);
    const ids = async (after: number, limit: number) => (await fixture.log.entries(after, limit)).map(({ id }) => id);

    test('are read in order, as they were appended', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      const after = await fixture.log.head();
      const said = [
        await fixture.say(alice, { room }),
        await fixture.say(alice, direct(alice, bob)),
        await fixture.say(bob, EVERYONE, { toSender: true }),
        await fixture.say(bob, { room }, { kind: 'edit', counts: false, of: after + 1, body: '{}' }),
      ];
      expect(await fixture.log.entries(after, 10)).toEqual(said);
      expect(await fixture.log.entries(after, 2)).toEqual(said.slice(0, 2));
      expect(await fixture.log.entries(after + 2, 10)).toEqual(said.slice(2));
      expect(await fixture.log.entries(after + 4, 10)).toEqual([]);
      expect(await fixture.log.entries(after, 0)).toEqual([]);
    });

    test('are read in large pages', async () => {
      const [alice, bob] = await fixture.some(2);
      const after = await fixture.log.head();
      await fixture.append(Array.from({ length: 700 }, () => message(alice, direct(alice, bob))));
      const all = Array.from({ length: 700 }, (_, i) => after + 1 + i);
      expect(await ids(after, 1000)).toEqual(all);
      expect(await ids(after, 600)).toEqual(all.slice(0, 600));
      expect(await fixture.log.missing([...all, 1e12])).toEqual([1e12]);
    });

    test('are missing once they were trimmed, or their room was removed', async () => {
      const [alice, bob] = await fixture.some(2);
      const [room, other] = [await fixture.room(), await fixture.room()];
      const after = await fixture.log.head();
      const one = await fixture.say(alice, { room });
      const two = await fixture.say(alice, { room: other });
      const pair = await fixture.say(alice, direct(alice, bob));
      const all = [pair.id, one.id, two.id];
      expect(await fixture.log.missing(all)).toEqual([]);
      await fixture.log.removeRoom(room);
      expect(await fixture.log.missing(all)).toEqual([one.id]);
      expect(await ids(after, 10)).toEqual([two.id, pair.id]);
      await fixture.trim({ most: 0 });
      expect(await fixture.log.missing(all)).toEqual(all);
      expect(await ids(after, 10)).toEqual([]);
    });

    test('can be read in everyone since registration, and in named rooms during each membership', async () => {
      const [alice, bob] = await fixture.some(2);
      const [room, left, banned, removed, never] = [
        await fixture.room(),
        await fixture.room(),
        await fixture.room(),
        await fixture.room(),
        await fixture.room(),
      ];
      for (const one of [room, left, banned, removed]) await fixture.log.join(one, bob.id, '', 1);
      await fixture.say(alice, direct(alice, bob));
      await fixture.log.leave(left, bob.id, 2);
      await fixture.log.join(left, bob.id, '', 3);
      await fixture.log.leave(left, bob.id, 4);
      await fixture.log.leave(banned, bob.id, 5, true);
      await fixture.log.removeRoom(removed);
      const spans = await fixture.log.namedSpans(bob.id);
      expect([...spans.keys()].sort((a, b) => a - b)).toEqual([EVERYONE_ID, room, left]);
      for (const [one, periods] of spans) expect(periods).toEqual(await fixture.log.spans(bob.id, one));
      expect(spans.get(left)).toHaveLength(2);
      expect(await fixture.log.namedSpans(1e12)).toEqual(new Map());
      expect(spans.has(never)).toBe(false);
    });
  });
}
