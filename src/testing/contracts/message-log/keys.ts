import { describe, expect, test } from 'vitest';
import type { Duplicate, Entry, SendKey, StoredAccount } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, message, type OpenLog } from './fixture.ts';

/** Keys, under which a sender may retry a message. */
export function keyContract(name: string, open: OpenLog): void {
  describe(`${name}: keys of messages`, () => {
    const fixture = new LogFixture(open);

    const append = (sender: StoredAccount, key: string, to = EVERYONE, part: Partial<SendKey> = {}, body = '') => {
      const { time = 1 } = part;
      return fixture.log.append([message(sender, to, { body, time })], {
        sender: sender.id,
        key,
        unknown: [],
        time,
        ...part,
      });
    };
    const idOf = (appended: readonly Entry[] | Duplicate) => {
      if ('duplicateOf' in appended) throw new Error('it is a duplicate');
      return appended[0]?.id ?? 0;
    };

    test('a key finds its message for its sender, even after the message is trimmed, until it expires', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const first = idOf(await append(alice, 'a', to, { time: 10 }));
      const second = idOf(await append(alice, 'b', to, { time: 20, unknown: ['ghost', 'no\nbody'] }));
      const others = idOf(await append(bob, 'a', to, { time: 20 }));
      await Promise.all([alice, bob].map((one) => fixture.move(one, others)));
      await fixture.trim({ keysSince: 20 });
      expect(await fixture.log.find(alice.id, 'a')).toBeUndefined();
      expect(await fixture.log.find(alice.id, 'b')).toEqual({ duplicateOf: second, unknown: ['ghost', 'no\nbody'] });
      expect(await fixture.log.find(bob.id, 'a')).toEqual({ duplicateOf: others, unknown: [] });
      expect(await fixture.log.find(bob.id, '__proto__')).toBeUndefined();
      expect(await fixture.log.get(first)).toBeUndefined();
      await fixture.trim({ most: 0, keysSince: 0 });
      expect(await fixture.log.find(alice.id, 'b')).toBeUndefined();
    });

    test('a message under a used key is not added, and is answered like the first one', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const first = idOf(await append(alice, 'k', to, { unknown: ['ghost'] }, 'one'));
      const duplicate = { duplicateOf: first, unknown: ['ghost'] };
      expect(await append(alice, 'k', to, { unknown: ['other'] }, 'two')).toEqual(duplicate);
      expect(await fixture.read(bob)).toMatchObject([{ id: first, body: 'one' }]);
      // Even after the first one was trimmed.
      await Promise.all([alice, bob].map((one) => fixture.move(one, first)));
      await fixture.trim({ keysSince: 0 });
      expect(await append(alice, 'k', to, {}, 'three')).toEqual(duplicate);
      expect(await fixture.ids(bob)).toEqual([]);
      expect(await fixture.log.head()).toBe(first);
      expect(idOf(await append(bob, 'k', to))).toBe(first + 1);
    });

    test('a crowd is sent once as a whole, and known by its first entry', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const entries = [message(alice, direct(alice, bob)), message(alice, direct(alice, carol))];
      const key = { sender: alice.id, key: 'crowd', unknown: ['ghost'], time: 1 };
      const [first] = await fixture.append(entries, key);
      expect(await fixture.log.append(entries.toReversed(), key)).toEqual({
        duplicateOf: first?.id,
        unknown: ['ghost'],
      });
      for (const one of [bob, carol]) expect(await fixture.ids(one)).toHaveLength(1);
    });

    test('of concurrent copies, one is added and the others are its duplicates', async () => {
      const [alice, bob] = await fixture.some(2);
      const [first, ...copies] = await Promise.all(
        Array.from({ length: 5 }, () => append(alice, 'k', direct(alice, bob))),
      );
      const id = idOf(first ?? []);
      expect(copies).toEqual(copies.map(() => ({ duplicateOf: id, unknown: [] })));
      expect(await fixture.ids(bob)).toEqual([id]);
      expect(await fixture.say(alice, direct(alice, bob))).toMatchObject({ id: id + 1, seq: 2 });
    });

    test('looking up the key of an append under way waits for that', async () => {
      const alice = await fixture.create();
      const order: string[] = [];
      const appended = append(alice, 'k').then((appended) => {
        order.push('kept');
        return idOf(appended);
      });
      const found = await fixture.log.find(alice.id, 'k').then((found) => {
        order.push('found');
        return found;
      });
      expect(found).toEqual({ duplicateOf: await appended, unknown: [] });
      expect(order).toEqual(['kept', 'found']);
    });

    test('the time of the latest message is known, even if only its key is left', async () => {
      const [alice, bob] = await fixture.some(2);
      await fixture.say(alice, direct(alice, bob), { time: 20 });
      expect(await fixture.log.latest()).toBe(20);
      const id = idOf(await append(alice, 'latest', direct(alice, bob), { time: 10 }));
      expect(await fixture.log.latest()).toBe(10);
      await fixture.move(bob, id);
      await fixture.trim({ keysSince: 0 });
      expect(await fixture.log.get(id)).toBeUndefined();
      expect(await fixture.log.latest()).toBe(10);
    });
  });

  describe(`${name}: an unused log`, () => {
    const fixture = new LogFixture(open);

    test('has no end, no latest message, and one room', async () => {
      expect(await fixture.log.head()).toBe(0);
      expect(await fixture.log.latest()).toBeUndefined();
      expect(await fixture.log.room(1)).toEqual({ id: 1, kind: 'everyone', name: '', facts: {}, size: 0 });
      expect(await fixture.log.rooms(0, 10)).toEqual([]);
      await fixture.trim({ most: 0, keysSince: 0, before: 1 });
      const alice = await fixture.create();
      expect(await fixture.log.devices(alice.id)).toEqual([{ name: '', id: 0, handed: 0, seen: 0 }]);
      expect(await fixture.say(alice, EVERYONE)).toMatchObject({ id: 1, seq: 1, previous: 0 });
    });
  });
}
