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
      await fixture.say(alice, { room }, { counts: false, kind: 'reaction' });
      expect(await fixture.log.unread(bob.id)).toEqual([
        { room, last: 3, marker: 0, mentions: 0 },
        { room: pair.room, last: 1, marker: 0, mentions: 0 },
      ]);
      await fixture.log.moveMarkers([
        [bob.id, room, 2],
        [bob.id, pair.room, 1],
        [alice.id, pair.room, 1],
        [1e12, pair.room, 1],
      ]);
      await fixture.log.moveMarkers([[bob.id, room, 1]]);
      await fixture.say(alice, EVERYONE);
      expect(await fixture.log.unread(bob.id)).toEqual([
        { room: 1, last: all + 1, marker: all, mentions: 0 },
        { room, last: 3, marker: 2, mentions: 0 },
      ]);
      expect(await fixture.log.unread(1e12)).toEqual([]);
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
      expect(await fixture.log.unread(bob.id)).toEqual([{ room, last: 3, marker: 1, mentions: 0 }]);
      await fixture.log.leave(room, bob.id, 2);
      expect(await fixture.log.unread(bob.id)).toEqual([]);
    });
  });
}
