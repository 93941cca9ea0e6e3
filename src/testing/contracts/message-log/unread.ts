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
        { room, last: 3, marker: 0 },
        { room: pair.room, last: 1, marker: 0 },
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
        { room: 1, last: all + 1, marker: all },
        { room, last: 3, marker: 2 },
      ]);
      expect(await fixture.log.unread(1e12)).toEqual([]);
    });

    test('a marker outlives the entries it counts, and a past member has nothing unread', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      await fixture.log.moveMarkers([[bob.id, 1, Number.MAX_SAFE_INTEGER]]);
      for (let i = 0; i < 3; i++) await fixture.say(alice, { room });
      await fixture.log.moveMarkers([[bob.id, room, 1]]);
      await fixture.trim({ most: 0 });
      expect(await fixture.log.unread(bob.id)).toEqual([{ room, last: 3, marker: 1 }]);
      await fixture.log.leave(room, bob.id, 2);
      expect(await fixture.log.unread(bob.id)).toEqual([]);
    });
  });
}
