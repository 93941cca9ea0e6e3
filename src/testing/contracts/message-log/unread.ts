import { describe, expect, test } from 'vitest';
import { direct, EVERYONE, LogFixture, type OpenLog } from './fixture.ts';

/** Markers: up to where a person has read a room. */
export function unreadContract(name: string, open: OpenLog): void {
  describe(`${name}: markers`, () => {
    const fixture = new LogFixture(open);

    test('rooms with counting entries past the marker are unread', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      const { seq: all } = await fixture.say(alice, EVERYONE);
      await fixture.log.moveMarkers([[bob.id, 1, all]]);
      expect(await fixture.log.unread(bob.id)).toEqual([]);
      const pair = await fixture.say(alice, direct(alice, bob));
      for (let i = 0; i < 3; i++) await fixture.say(alice, { room });
      const { id: lastId } = await fixture.say(alice, { room }, { counts: false, kind: 'reaction' });
      expect(await fixture.log.unread(bob.id)).toEqual([
        { room, lastId, last: 3, marker: 0, mentions: 0 },
        { room: pair.room, lastId: pair.id, last: 1, marker: 0, mentions: 0 },
      ]);
      await fixture.log.moveMarkers([
        [bob.id, room, 2],
        [bob.id, pair.room, 1],
        [alice.id, pair.room, 1],
        [1e12, pair.room, 1],
      ]);
      await fixture.log.moveMarkers([[bob.id, room, 1]]);
      const { id } = await fixture.say(alice, EVERYONE);
      expect(await fixture.log.unread(bob.id)).toEqual([
        { room: 1, lastId: id, last: all + 1, marker: all, mentions: 0 },
        { room, lastId, last: 3, marker: 2, mentions: 0 },
      ]);
      expect(await fixture.log.unread(1e12)).toEqual([]);
    });

    test('what was said before a registration or the latest join is read', async () => {
      const [alice, bob] = await fixture.some(2);
      const { seq } = await fixture.say(alice, EVERYONE);
      const carol = await fixture.create();
      expect(await fixture.log.unread(carol.id)).toEqual([]);
      await fixture.say(alice, EVERYONE);
      expect(await fixture.log.unread(carol.id)).toMatchObject([{ room: 1, last: seq + 1, marker: seq }]);
      const room = await fixture.room();
      await fixture.say(alice, { room });
      await fixture.log.join(room, bob.id, '', 1);
      expect(await fixture.log.position(bob.id, room)).toMatchObject({ last: 1, marker: 1 });
      await fixture.say(alice, { room });
      await fixture.log.join(room, bob.id, 'owner', 1);
      expect(await fixture.log.position(bob.id, room)).toMatchObject({ last: 2, marker: 1 });
      await fixture.log.leave(room, bob.id, 1);
      await fixture.say(alice, { room });
      expect(await fixture.log.position(bob.id, room)).toBeUndefined();
      await fixture.log.join(room, bob.id, '', 1);
      await fixture.say(alice, { room });
      expect(await fixture.log.position(bob.id, room)).toMatchObject({ last: 4, marker: 3 });
    });

    test('positions are listed in pages, those of the rooms with the latest entries first', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const [room, left, quiet] = [await fixture.room(), await fixture.room(), await fixture.room()];
      for (const one of [room, left, quiet]) await fixture.log.join(one, bob.id, '', 1);
      const joined = await fixture.log.head();
      await fixture.log.leave(left, bob.id, 1);
      const alone = await fixture.say(alice, direct(alice, carol));
      const all = await fixture.say(alice, EVERYONE);
      const pair = await fixture.say(bob, direct(alice, bob));
      const last = await fixture.say(alice, { room }, { mentions: [bob.id] });
      await fixture.log.moveMarkers([[bob.id, pair.room, 7]]);
      const positions = await fixture.log.positions(bob.id, Number.MAX_SAFE_INTEGER, 10);
      expect(positions).toEqual([
        { room, lastId: last.id, last: 1, marker: 0, mentions: 1 },
        { room: pair.room, lastId: pair.id, last: 1, marker: 1, mentions: 0 },
        { room: 1, lastId: all.id, last: all.seq, marker: all.seq - 1, mentions: 0 },
        { room: quiet, lastId: joined, last: 0, marker: 0, mentions: 0 },
      ]);
      expect(await fixture.log.positions(bob.id, Number.MAX_SAFE_INTEGER, 2)).toEqual(positions.slice(0, 2));
      expect(await fixture.log.positions(bob.id, pair.id, 2)).toEqual(positions.slice(2));
      expect(await fixture.log.positions(bob.id, joined, 2)).toEqual([]);
      expect(await fixture.log.positions(1e12, Number.MAX_SAFE_INTEGER, 2)).toEqual([]);
      for (const position of positions) {
        expect(await fixture.log.position(bob.id, position.room)).toEqual(position);
      }
      for (const other of [left, alone.room, 1e12]) {
        expect(await fixture.log.position(bob.id, other)).toBeUndefined();
      }
      expect(await fixture.log.position(1e12, 1)).toBeUndefined();
    });

    test('mentions past the marker are counted, of an account and of everyone', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const room = await fixture.room();
      for (const { id } of [bob, carol]) {
        await fixture.log.join(room, id, '', 1);
        await fixture.log.moveMarkers([[id, 1, Number.MAX_SAFE_INTEGER]]);
      }
      await fixture.say(alice, { room }, { mentions: [bob.id] });
      await fixture.say(alice, { room }, { mentions: [bob.id, carol.id], mentionsAll: true });
      await fixture.say(alice, { room }, { mentionsAll: true });
      await fixture.say(alice, { room });
      const secret = await fixture.say(alice, { room }, { mentions: [carol.id] });
      const mentions = async ({ id }: { id: number }) => (await fixture.log.unread(id)).map((one) => one.mentions);
      expect(await mentions(bob)).toEqual([3]);
      expect(await mentions(carol)).toEqual([3]);
      await fixture.say(alice, { room }, { kind: 'redaction', counts: false, of: secret.id, body: '' });
      expect(await mentions(carol)).toEqual([2]);
      await fixture.log.moveMarkers([[bob.id, room, 1]]);
      expect(await mentions(bob)).toEqual([2]);
      await fixture.trim({ most: 0 });
      expect(await mentions(bob)).toEqual([0]);
      expect((await fixture.log.unread(bob.id))[0]).toMatchObject({ last: 5, marker: 1 });
    });

    test('a marker outlives the entries it counts, and a past member has nothing unread', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      await fixture.log.moveMarkers([[bob.id, 1, Number.MAX_SAFE_INTEGER]]);
      for (let i = 0; i < 3; i++) await fixture.say(alice, { room });
      await fixture.log.moveMarkers([[bob.id, room, 1]]);
      await fixture.trim({ most: 0 });
      const lastId = await fixture.log.head();
      expect(await fixture.log.unread(bob.id)).toEqual([{ room, lastId, last: 3, marker: 1, mentions: 0 }]);
      await fixture.log.leave(room, bob.id, 2);
      expect(await fixture.log.unread(bob.id)).toEqual([]);
    });
  });
}
