import { describe, expect, test } from 'vitest';
import { direct, EVERYONE, LogFixture, message, type OpenLog, STRANGERS } from './fixture.ts';

/** Trimming, and removing a sender's messages. */
export function trimContract(name: string, open: OpenLog): void {
  describe(`${name}: trimming the log`, () => {
    const fixture = new LogFixture(open);

    const isThere = async (...ids: readonly number[]) =>
      Promise.all(ids.map(async (id) => (await fixture.log.get(id)) !== undefined));

    test('removes what all recipients have, and nothing that one of them lacks', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const toBob = await fixture.say(alice, direct(alice, bob));
      const toBoth = await fixture.say(alice, direct(alice, bob, carol));
      const toStrangers = await fixture.say(alice, { direct: [alice.id, ...STRANGERS.slice(0, 5)] });
      const toSelf = await fixture.say(bob, direct(alice, bob), { toSender: true });
      const toAll = await fixture.say(alice, EVERYONE);
      await fixture.move(bob, toBoth.id);
      await fixture.move(alice, toAll.id);
      await fixture.trim();
      expect(await isThere(toBob.id, toBoth.id, toStrangers.id, toSelf.id, toAll.id)).toEqual([
        false,
        true,
        false,
        true,
        true,
      ]);
      await fixture.move(bob, toAll.id);
      await fixture.trim();
      expect(await fixture.ids(carol)).toEqual([toBoth.id, toAll.id]);
      await fixture.move(carol, toBoth.id);
      await fixture.trim();
      expect(await isThere(toBoth.id, toSelf.id, toAll.id)).toEqual([false, false, true]);
    });

    test('entries to everyone are kept for all but their sender, and for the sender if addressed to it', async () => {
      const [alice, bob] = await fixture.some(2);
      const others = await fixture.log.head();
      const first = await fixture.say(alice, EVERYONE);
      const second = await fixture.say(alice, EVERYONE, { toSender: true });
      // Including the accounts of other cases.
      for (let id = 1; id <= bob.id; id++) if (id !== alice.id) await fixture.move({ ...bob, id }, second.id);
      await fixture.trim();
      expect(others).toBeLessThan(first.id);
      expect(await isThere(first.id, second.id)).toEqual([false, true]);
      await fixture.move(alice, second.id);
      await fixture.trim();
      expect(await isThere(second.id)).toEqual([false]);
    });

    test('entries are kept for every device of an account', async () => {
      const [alice, bob] = await fixture.some(2);
      for (const device of ['', 'phone', 'laptop']) await fixture.log.enter(bob.id, device, 1, 16);
      const ids = [await fixture.say(alice, direct(alice, bob)), await fixture.say(alice, direct(alice, bob))].map(
        ({ id }) => id,
      );
      const [first = 0, second = 0] = ids;
      await fixture.move(bob, second);
      await fixture.move(bob, second, 'laptop');
      await fixture.trim();
      expect(await fixture.ids(bob)).toEqual(ids);
      await fixture.move(bob, first, 'phone');
      await fixture.trim();
      expect(await fixture.ids(bob)).toEqual([second]);
      await fixture.move(bob, second, 'phone');
      await fixture.trim();
      expect(await fixture.ids(bob)).toEqual([]);
    });

    test('an entry of a named room is kept for the members at its time', async () => {
      const [alice, bob, carol, dave] = await fixture.some(4);
      const room = await fixture.room();
      for (const { id } of [bob, carol]) await fixture.log.join(room, id, '', 1);
      const first = await fixture.say(alice, { room });
      await fixture.log.leave(room, bob.id, 2);
      await fixture.log.join(room, dave.id, '', 2);
      const second = await fixture.say(alice, { room });
      await fixture.move(carol, second.id);
      await fixture.trim();
      expect(await isThere(first.id, second.id)).toEqual([true, true]);
      await fixture.move(bob, first.id);
      await fixture.move(dave, second.id - 1);
      await fixture.trim();
      expect(await isThere(first.id, second.id)).toEqual([false, true]);
      await fixture.log.leave(room, dave.id, 3, true);
      await fixture.trim();
      expect(await isThere(second.id)).toEqual([false]);
    });

    test('rooms with history keep what everyone has, until the retention ends', async () => {
      const [alice, bob] = await fixture.some(2);
      const [kept, other] = [await fixture.room(), await fixture.room()];
      for (const room of [kept, other]) await fixture.log.join(room, bob.id, '', 1);
      const first = await fixture.say(alice, { room: kept }, { time: 10 });
      const second = await fixture.say(alice, { room: other }, { time: 10 });
      const direct1 = await fixture.say(alice, direct(alice, bob), { time: 20 });
      await fixture.move(bob, direct1.id);
      const all = { before: 0, most: 100 };
      const rooms = new Map([kept, direct1.room].map((room) => [room, all]));
      await fixture.trim({ rooms });
      expect(await isThere(first.id, second.id, direct1.id)).toEqual([true, false, true]);
      await fixture.trim({ rooms, before: 20, now: 30 });
      expect(await isThere(first.id, direct1.id)).toEqual([false, true]);
      await fixture.trim();
      expect(await isThere(direct1.id)).toEqual([false]);
    });

    test('with history, each room keeps what is young enough, and as many messages as its retention says', async () => {
      const [alice, bob] = await fixture.some(2);
      const [young, few, gone] = [await fixture.room(), await fixture.room(), await fixture.room()];
      for (const room of [young, few, gone]) await fixture.log.join(room, bob.id, '', 1);
      const say = async (room: number, time: number, part = {}) =>
        (await fixture.say(alice, { room }, { time, ...part })).id;
      const [old, late] = [await say(young, 10), await say(young, 20)];
      const many = [await say(few, 10), await say(few, 10), await say(few, 10)];
      const reaction = await say(few, 10, { kind: 'reaction', counts: false, of: many[2] });
      const [delivered, undelivered] = [await say(gone, 10), await say(gone, 10)];
      await fixture.move(bob, delivered);
      const rooms = new Map([
        [few, { before: 0, most: 1 }],
        [gone, undefined],
      ]);
      await fixture.trim({ history: { before: 15, most: 100 }, rooms, now: 30 });
      expect(await isThere(old, late)).toEqual([false, true]);
      expect(await isThere(...many, reaction)).toEqual([false, false, true, true]);
      expect(await isThere(delivered, undelivered)).toEqual([false, true]);
      await fixture.trim({
        history: { before: 15, most: 0 },
        rooms: new Map([[few, { before: 0, most: 0 }]]),
        now: 30,
      });
      expect(await isThere(late, many[2] ?? 0)).toEqual([false, false]);
    });

    test('removes entries that are too old or too many', async () => {
      const [alice, bob] = await fixture.some(2);
      const say = async (time: number) => (await fixture.say(alice, direct(alice, bob), { time })).id;
      const [first, second, third] = [await say(10), await say(20), await say(30)];
      await fixture.trim({ before: 20, now: 40 });
      expect(await isThere(first)).toEqual([false]);
      expect(await fixture.ids(bob)).toEqual([second, third]);
      await fixture.trim({ most: 1 });
      expect(await fixture.ids(bob)).toEqual([third]);
      const next = await say(40);
      expect(next).toBe(third + 1);
      await fixture.trim({ most: 0 });
      expect(await fixture.ids(bob)).toEqual([]);
      expect(await say(50)).toBe(next + 1);
    });

    test('an entry with a wrong time does not age later ones', async () => {
      const [alice, bob] = await fixture.some(2);
      await fixture.trim({ most: 0 });
      const say = async (time: number) => (await fixture.say(alice, direct(alice, bob), { time })).id;
      const [old, future, older, young, late] = [
        await say(5),
        await say(1000),
        await say(6),
        await say(50),
        await say(7),
      ];
      await fixture.trim({ before: 20, now: 60 });
      expect(await isThere(old, future, older, young, late)).toEqual([false, true, false, true, true]);
    });

    test('in a room with a retention, an entry with a wrong time is as young as those before it', async () => {
      const [alice, bob] = await fixture.some(2);
      const say = async (time: number) => (await fixture.say(alice, direct(alice, bob), { time })).id;
      const [old, young, late] = [await say(5), await say(50), await say(7)];
      await fixture.trim({ history: { before: 20, most: 100 }, now: 60 });
      expect(await isThere(old, young, late)).toEqual([false, true, true]);
    });

    test('a long log is trimmed in parts, and in the end as a whole', async () => {
      const [alice, bob] = await fixture.some(2);
      for (let i = 0; i < 25; i++) {
        await fixture.append(Array.from({ length: 100 }, () => message(alice, direct(alice, bob))));
      }
      const last = await fixture.say(alice, direct(alice, bob));
      await fixture.move(bob, last.id - 1);
      await fixture.trim();
      expect(await fixture.ids(bob, 0, 5000)).toEqual([last.id]);
    });

    test("a sender's entries are removed for all recipients, and nothing else", async ({ skip }) => {
      const { log } = fixture;
      if (log.removeFrom === undefined) return skip('the store cannot');
      const [alice, bob, carol] = await fixture.some(3);
      const start = await log.head();
      for (const to of [EVERYONE, direct(bob, carol), direct(carol, alice, bob)]) await fixture.say(bob, to);
      const once = [message(bob, direct(bob, carol))];
      const key = { sender: bob.id, key: 'k', unknown: [], time: 1 };
      const [keyed] = await fixture.append(once, key);
      const others = [await fixture.say(alice, EVERYONE), await fixture.say(carol, direct(carol), { toSender: true })];
      const fromServer = await fixture.say({ ...bob, id: 0 }, EVERYONE);
      const rest = [...others, fromServer].map(({ id }) => id);
      // The name of an existing account matches nothing.
      expect(await log.removeFrom(bob.name)).toBe(0);
      expect(await log.removeFrom(bob.id)).toBe(4);
      expect(await log.removeFrom(bob.id)).toBe(0);
      expect(await fixture.ids(carol, start)).toEqual(rest);
      expect(await log.append(once, key)).toEqual({ duplicateOf: keyed?.id, unknown: [] });
      expect(await log.count(carol.id, bob.id, start, 10)).toMatchObject({ all: 1, own: 0 });
      await fixture.trim();
      expect(await fixture.ids(carol, start)).toEqual(rest);
      expect(await fixture.say(bob, direct(bob, carol))).toMatchObject({ seq: 3, previous: keyed?.id });
    });

    test("what changes a sender's entries goes with them, except redactions", async ({ skip }) => {
      const { log } = fixture;
      if (log.removeFrom === undefined) return skip('the store cannot');
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const quoted = await fixture.say(bob, to, { body: 'buy' });
      const blank = await fixture.say(bob, to, { body: 'more' });
      const change = { kind: 'mark', counts: false };
      await fixture.say(bob, to, { ...change, of: quoted.id });
      const mark = await fixture.say(alice, to, { ...change, of: quoted.id, body: 'on buy' });
      const redaction = await fixture.say(alice, to, { kind: 'redaction', counts: false, of: blank.id, body: '' });
      expect(await log.removeFrom(bob.id)).toBe(3);
      expect(await log.get(mark.id)).toBeUndefined();
      expect(await log.history(quoted.room, { limit: 10 })).toEqual([redaction]);
    });

    test("a removed account's entries are removed by its name", async ({ skip }) => {
      if (fixture.log.removeFrom === undefined) return skip('the store cannot');
      const [bob, carol] = await fixture.some(2);
      const start = await fixture.log.head();
      await fixture.say(bob, EVERYONE);
      await fixture.store.accounts.remove(bob.id);
      const next = await fixture.store.accounts.create(bob.name, 'hash');
      if (next === undefined) throw new Error('the name is taken');
      const { id } = await fixture.say(next, EVERYONE);
      expect(await fixture.log.removeFrom(bob.name)).toBe(1);
      expect(await fixture.ids(carol, start)).toEqual([id]);
    });
  });
}
