import { describe, expect, test } from 'vitest';
import { direct, LogFixture, message, type OpenLog } from './fixture.ts';

/** Named rooms and their members. */
export function roomContract(name: string, open: OpenLog): void {
  describe(`${name}: named rooms`, () => {
    const fixture = new LogFixture(open);

    test('a room is found by its name however it is spelt, and keeps facts', async () => {
      const facts = { topic: 'mice & men', roles: ['owner'], slow: 10 };
      const room = await fixture.log.createRoom('Lab', facts);
      expect(room).toEqual({ id: room?.id, kind: 'room', name: 'Lab', facts });
      expect(await fixture.log.createRoom('LAB', {})).toBeUndefined();
      const town = await fixture.log.createRoom('town', {});
      expect(town?.id).toBeGreaterThan(room?.id ?? 0);
      expect(await fixture.log.room('lAb')).toEqual(room);
      expect(await fixture.log.room(room?.id ?? 0)).toEqual(room);
      expect(await fixture.log.room('nowhere')).toBeUndefined();
      expect(await fixture.log.room('')).toBeUndefined();
      expect(await fixture.log.room(1e12)).toBeUndefined();
      await fixture.log.setFacts(room?.id ?? 0, { topic: 'men' });
      expect(await fixture.log.room('lab')).toEqual({ ...room, facts: { topic: 'men' } });
      expect(await fixture.log.rooms(0, 1)).toMatchObject([{ name: 'Lab' }]);
      expect(await fixture.log.rooms(room?.id ?? 0, 10)).toEqual([town]);
    });

    test('a member reads what was said during its membership, and nothing before or after', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, alice.id, '', 1);
      await fixture.say(alice, { room });
      await fixture.log.join(room, bob.id, '', 1);
      const first = await fixture.say(alice, { room });
      await fixture.log.leave(room, bob.id, 2);
      const between = await fixture.say(alice, { room });
      await fixture.log.join(room, bob.id, '', 3);
      const second = await fixture.say(bob, { room });
      expect(await fixture.ids(bob)).toEqual([first.id, second.id]);
      expect((await fixture.ids(alice)).filter((id) => id >= first.id)).toEqual([
        first.id,
        first.id + 1,
        between.id,
        between.id + 1,
        second.id,
      ]);
      expect([first.seq, between.seq, second.seq]).toEqual([2, 3, 4]);
      expect(first.members).toBeUndefined();
    });

    test('a forgotten member reads nothing of the room, and may join again', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      await fixture.say(alice, { room });
      const own = await fixture.say(alice, direct(alice, bob));
      await fixture.log.leave(room, bob.id, 2, true);
      expect(await fixture.ids(bob)).toEqual([own.id]);
      await fixture.log.join(room, bob.id, '', 3);
      const later = await fixture.say(alice, { room });
      expect(await fixture.ids(bob)).toEqual([own.id, later.id]);
    });

    test('a past member can be forgotten later', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      const { id } = await fixture.say(alice, { room });
      await fixture.log.leave(room, bob.id, 2);
      expect(await fixture.ids(bob)).toEqual([id]);
      await fixture.log.leave(room, bob.id, 3, true);
      expect(await fixture.ids(bob)).toEqual([]);
      expect(await fixture.log.head()).toBe(id + 1);
    });

    test('members are listed with their roles, in pages, and know their rooms', async () => {
      const people = await fixture.some(5);
      const [room, other] = [await fixture.room(), await fixture.room()];
      for (const { id } of people) await fixture.log.join(room, id, 'guest', 1);
      const [one, two] = people;
      const before = await fixture.log.head();
      await fixture.log.join(room, one.id, 'owner', 2);
      expect(await fixture.log.head()).toBe(before);
      await fixture.log.leave(room, two.id, 2);
      await fixture.log.join(other, one.id, '', 3);
      const since = await fixture.log.head();
      const members = await fixture.log.members(room, 0, 10);
      expect(members.map(({ account, role }) => [account, role])).toEqual(
        people.filter((account) => account !== two).map(({ id }) => [id, id === one.id ? 'owner' : 'guest']),
      );
      expect(await fixture.log.members(room, one.id, 2)).toEqual(members.slice(1, 3));
      expect(await fixture.log.members(other, 0, 10)).toEqual([{ account: one.id, role: '', since }]);
      expect(await fixture.log.members(1, 0, 10)).toEqual([]);
      expect((await fixture.log.roomsOf(one.id)).map(({ id }) => id)).toEqual([room, other]);
      const pair = await fixture.say(one, direct(one, two));
      expect((await fixture.log.roomsOf(one.id)).map(({ id }) => id)).toEqual([room, other, pair.room]);
      expect((await fixture.log.roomsOf(one.id, 'room')).map(({ id }) => id)).toEqual([room, other]);
      expect((await fixture.log.roomsOf(one.id, 'direct')).map(({ id }) => id)).toEqual([pair.room]);
      expect(await fixture.log.roomsOf(two.id, 'room')).toEqual([]);
      expect(await fixture.log.roomsOf(1e12)).toEqual([]);
    });

    test('joining a room that does not exist fails, and a removed account is no member', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      const head = await fixture.log.head();
      await expect(fixture.log.join(1e12, alice.id, '', 1)).rejects.toThrow();
      await expect(fixture.log.join(1, alice.id, '', 1)).rejects.toThrow();
      await expect(fixture.log.join(room, 1e12, '', 1)).rejects.toThrow();
      await fixture.log.leave(room, alice.id, 1);
      await fixture.log.leave(1e12, alice.id, 1);
      expect(await fixture.log.head()).toBe(head);
      await fixture.log.join(room, bob.id, '', 1);
      await fixture.store.accounts.remove(bob.id);
      expect(await fixture.log.members(room, 0, 10)).toEqual([]);
      expect(await fixture.append([message(alice, { room })])).toMatchObject([{ room, seq: 1 }]);
    });
  });
}
