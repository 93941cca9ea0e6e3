import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../index.ts';
import { direct, LogFixture, message, type OpenLog } from './fixture.ts';

/** Named rooms and their members. */
export function roomContract(name: string, open: OpenLog): void {
  describe(`${name}: named rooms`, () => {
    const fixture = new LogFixture(open);

    test('a room is found by its name however it is spelt, and keeps facts', async () => {
      const facts = { topic: 'mice & men', roles: ['owner'], slow: 10 };
      const room = await fixture.log.createRoom('Lab', facts);
      expect(room).toEqual({ id: room?.id, kind: 'room', name: 'Lab', facts, size: 0 });
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

    test('a room knows its size, and a member is found by its account', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const room = await fixture.room();
      const size = async () => (await fixture.log.room(room))?.size;
      expect(await size()).toBe(0);
      for (const { id } of [alice, bob, carol]) await fixture.log.join(room, id, 'member', 1);
      await fixture.log.join(room, bob.id, 'moderator', 2);
      expect(await size()).toBe(3);
      expect(await fixture.log.member(room, bob.id)).toMatchObject({ account: bob.id, role: 'moderator' });
      expect(await fixture.log.rooms(room - 1, 1)).toMatchObject([{ id: room, size: 3 }]);
      expect(await fixture.log.roomsOf(bob.id, 'room')).toMatchObject([{ id: room, size: 3 }]);
      await fixture.log.leave(room, alice.id, 3);
      await fixture.log.leave(room, alice.id, 4, true);
      await fixture.log.leave(room, carol.id, 5, true);
      expect(await size()).toBe(1);
      expect(await fixture.log.member(room, alice.id)).toBeUndefined();
      await fixture.log.join(room, alice.id, '', 6);
      await fixture.store.accounts.remove(bob.id);
      expect(await size()).toBe(1);
      expect(await fixture.log.member(room, bob.id)).toBeUndefined();
      expect(await fixture.log.member(1e12, alice.id)).toBeUndefined();
      expect(await fixture.log.room(1)).toMatchObject({ kind: 'everyone', size: 0 });
    });

    test('a direct conversation is found by its members', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const { room } = await fixture.say(alice, direct(alice, bob));
      expect(await fixture.log.room([bob.id, alice.id, bob.id])).toMatchObject({ id: room, kind: 'direct' });
      expect(await fixture.log.room([alice.id])).toBeUndefined();
      expect(await fixture.log.room([alice.id, bob.id, carol.id])).toBeUndefined();
      expect(await fixture.log.room([])).toBeUndefined();
    });

    test('entries of a named room carry its name, also after it was renamed', async () => {
      const [alice, bob] = await fixture.some(2);
      const name = `Lab ${alice.id}`;
      const { id: room } = (await fixture.log.createRoom(name, {})) ?? { id: 0 };
      await fixture.log.join(room, bob.id, '', 1);
      const told: Entry[] = [];
      const end = fixture.log.follow((entries) => told.push(...entries));
      const first = await fixture.say(alice, { room });
      expect(first.roomName).toBe(name);
      expect(await fixture.log.renameRoom(room, `Laboratory ${alice.id}`, 7)).toMatchObject({ id: room, size: 1 });
      const second = await fixture.say(alice, { room });
      end();
      expect(told.map(({ kind }) => kind)).toEqual(['message', 'rename', 'message']);
      expect(told[1]).toMatchObject({ sender: 0, time: 7, body: JSON.stringify(`Laboratory ${alice.id}`) });
      expect(second.roomName).toBe(`Laboratory ${alice.id}`);
      expect((await fixture.read(bob)).map(({ roomName }) => roomName)).toEqual(
        Array.from({ length: 3 }, () => `Laboratory ${alice.id}`),
      );
      expect(await fixture.log.room(name)).toBeUndefined();
      expect(await fixture.log.room(`LABORATORY ${alice.id}`)).toMatchObject({ id: room });
      expect((await fixture.say(alice, direct(alice, bob))).roomName).toBeUndefined();
    });

    test('a room cannot take the name of another, but another spelling of its own', async () => {
      const [one, two] = [await fixture.room(), await fixture.room()];
      const { name = '' } = (await fixture.log.room(two)) ?? {};
      expect(await fixture.log.renameRoom(one, name.toUpperCase(), 1)).toBeUndefined();
      expect(await fixture.log.renameRoom(two, name.toUpperCase(), 1)).toMatchObject({ name: name.toUpperCase() });
      await expect(fixture.log.renameRoom(1e12, 'x', 1)).rejects.toThrow();
      await expect(fixture.log.renameRoom(1, 'x', 1)).rejects.toThrow();
    });

    test('a removed room is gone at once, its name is free, and trimming removes what is left', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      const { name = '' } = (await fixture.log.room(room)) ?? {};
      for (const { id } of [alice, bob]) await fixture.log.join(room, id, '', 1);
      const entry = await fixture.say(alice, { room });
      const own = await fixture.say(alice, direct(alice, bob));
      await fixture.log.removeRoom(room);
      await fixture.log.removeRoom(room);
      expect(await fixture.log.room(room)).toBeUndefined();
      expect(await fixture.log.room(name)).toBeUndefined();
      expect(await fixture.log.roomsOf(bob.id, 'room')).toEqual([]);
      expect(await fixture.log.spans(bob.id, room)).toEqual([]);
      expect(await fixture.log.member(room, bob.id)).toBeUndefined();
      expect(await fixture.ids(bob)).toEqual([own.id]);
      expect(await fixture.log.history(room, { limit: 10 })).toEqual([]);
      expect(await fixture.log.readable(bob.id, entry.id)).toBeUndefined();
      await expect(fixture.say(alice, { room })).rejects.toThrow();
      await expect(fixture.log.join(room, bob.id, '', 1)).rejects.toThrow();
      const next = await fixture.log.createRoom(name, {});
      expect(next?.id).not.toBe(room);
      await fixture.trim();
      expect(await fixture.log.get(entry.id)).toBeUndefined();
      expect(await fixture.log.room(next?.id ?? 0)).toMatchObject({ size: 0 });
      await fixture.log.removeRoom(1);
      expect(await fixture.log.room(1)).toMatchObject({ kind: 'everyone' });
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
