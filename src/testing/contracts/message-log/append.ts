import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, message, type OpenLog, SERVER } from './fixture.ts';

/** Appending: order, numbers, reading back, and failures. */
export function appendContract(name: string, open: OpenLog): void {
  describe(`${name}: appending to the log`, () => {
    const fixture = new LogFixture(open);

    test('a check of a working log succeeds and changes nothing', async () => {
      const [alice, bob] = await fixture.some(2);
      const before = await fixture.say(alice, direct(alice, bob));
      await fixture.log.check?.();
      expect(await fixture.ids(bob)).toEqual([before.id]);
      expect((await fixture.say(alice, direct(alice, bob))).id).toBe(before.id + 1);
    });

    test('an entry is returned and read as it was written', async () => {
      const [alice, bob] = await fixture.some(2);
      const first = await fixture.say(alice, direct(alice, bob));
      const written = {
        kind: 'poll',
        version: 3,
        counts: true,
        sender: alice.id,
        from: 'Alice',
        device: 'phone',
        toSender: true,
        body: '  tab\tnul\0 \u{1F469}\u200D\u{1F469} \uFEFF ',
        of: first.id,
        reply: first.id,
        mentionsAll: true,
        time: 1_800_000_000_123,
      };
      const [entry] = await fixture.append([{ ...written, to: direct(bob, alice), origin: 'here' }]);
      const members = [alice.id, bob.id].toSorted((a, b) => a - b);
      const read = { ...written, id: first.id + 1, room: first.room, members, seq: 2, previous: first.id };
      expect(entry).toEqual(read);
      expect(await fixture.read(bob, first.id)).toEqual([read]);
      expect(await fixture.log.get(first.id + 1)).toEqual(read);
      expect(await fixture.log.history(first.room, { limit: 1 })).toEqual([read]);
    });

    test('absent properties of an entry stay absent', async () => {
      const [alice, bob] = await fixture.some(2);
      const entry = await fixture.say(alice, EVERYONE);
      const [read] = await fixture.read(bob);
      expect(read).toEqual(entry);
      expect(read).toMatchObject({ room: 1, device: '', toSender: false });
      expect(read?.of ?? read?.reply ?? read?.members).toBeUndefined();
    });

    test('a long body and one that is empty', async () => {
      const bob = await fixture.create();
      await fixture.say(SERVER, direct(SERVER, bob), { body: '' });
      await fixture.say(SERVER, direct(SERVER, bob), { body: 'é'.repeat(100_000) });
      expect((await fixture.read(bob)).map(({ body }) => body.length)).toEqual([0, 100_000]);
    });

    test('ids rise in the order of the calls, and promises resolve in it', async () => {
      const [alice, bob] = await fixture.some(2);
      const head = await fixture.log.head();
      const order: number[] = [];
      const calls = Array.from({ length: 50 }, async (_, i) => {
        const { id } = await fixture.say(alice, i % 3 === 0 ? EVERYONE : direct(alice, bob), { body: String(i) });
        order.push(id);
        return id;
      });
      const given = await Promise.all(calls);
      expect(given).toEqual(given.map((_, i) => head + 1 + i));
      expect(order).toEqual(given);
      expect(await fixture.log.head()).toBe(head + 50);
      expect((await fixture.read(bob)).map(({ body }) => Number(body))).toEqual(given.map((_, i) => i));
    });

    test('entries of one append follow one another', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const [first, second, third] = await fixture.append([
        message(alice, direct(alice, bob)),
        message(alice, direct(alice, carol)),
        message(alice, EVERYONE),
      ]);
      expect([second?.id, third?.id]).toEqual([(first?.id ?? 0) + 1, (first?.id ?? 0) + 2]);
      expect(await fixture.ids(bob)).toEqual([first?.id, third?.id]);
      expect(await fixture.ids(carol)).toEqual([second?.id, third?.id]);
    });

    test('a room counts its entries without holes, and each names the one before it', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const entries = [await fixture.say(alice, to), await fixture.say(bob, to)];
      entries.push(await fixture.say(alice, to, { counts: false, kind: 'edit', of: entries[0]?.id }));
      await fixture.say(alice, EVERYONE);
      entries.push(...(await fixture.append([message(alice, to), message(bob, to)])));
      expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 0, 3, 4]);
      expect(entries.map(({ previous }) => previous)).toEqual([0, ...entries.slice(0, -1).map(({ id }) => id)]);
    });

    test('an append that fails adds nothing, and leaves no hole in ids and numbers', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const first = await fixture.say(alice, to);
      const nowhere = { room: 1e12 };
      const results = await Promise.allSettled([
        fixture.say(alice, to),
        fixture.append([message(alice, to), message(alice, nowhere)]),
        fixture.append([message(alice, to), message(alice, direct())]),
        fixture.append([message(alice, to), message(alice, { direct: Array.from({ length: 34 }, (_, i) => i + 1) })]),
        fixture.say(bob, to),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ]);
      const last = (results.at(-1) as PromiseFulfilledResult<Entry>).value;
      expect(last).toMatchObject({ id: first.id + 2, seq: 3, previous: first.id + 1 });
      expect(await fixture.log.head()).toBe(last.id);
      expect(await fixture.ids(bob)).toEqual([first.id, first.id + 1, first.id + 2]);
    });

    test('the key of a failed append is free', async () => {
      const [alice, bob] = await fixture.some(2);
      const key = { sender: alice.id, key: 'k', unknown: [], time: 1 };
      await expect(fixture.append([message(alice, { room: 1e12 })], key)).rejects.toThrow();
      expect(await fixture.log.find(alice.id, 'k')).toBeUndefined();
      expect(await fixture.append([message(alice, direct(alice, bob))], key)).toHaveLength(1);
    });

    test('a missing entry is undefined, and the history of a room is read in pages', async () => {
      const [alice, bob] = await fixture.some(2);
      const entries: Entry[] = [];
      for (let i = 0; i < 7; i++) entries.push(await fixture.say(alice, direct(alice, bob)));
      const { room = 0 } = entries[0] ?? {};
      const pages = [await fixture.log.history(room, { limit: 3 })];
      for (let page = pages[0]; page !== undefined && page.length > 0; page = pages.at(-1)) {
        pages.push(await fixture.log.history(room, { before: page[0]?.id ?? 0, limit: 3 }));
      }
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 1, 0]);
      expect(pages.reverse().flat()).toEqual(entries);
      expect(await fixture.log.history(1e12, { limit: 3 })).toEqual([]);
      expect(await fixture.log.get(Number.MAX_SAFE_INTEGER)).toBeUndefined();
      expect(await fixture.log.get(0)).toBeUndefined();
    });
  });
}
