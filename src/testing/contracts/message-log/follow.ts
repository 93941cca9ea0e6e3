import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, message, type OpenLog } from './fixture.ts';

/** Following the log, whichever process appends. */
export function followContract(name: string, open: OpenLog): void {
  describe(`${name}: following the log`, () => {
    const fixture = new LogFixture(open);

    test('every follower gets each entry once, in the order of ids, until it stops', async () => {
      const [alice, bob] = await fixture.some(2);
      await fixture.say(alice, EVERYONE);
      const told: Entry[][] = [[], []];
      const ends = told.map((entries) => fixture.log.follow((more) => entries.push(...more)));
      const appended = await Promise.all([
        fixture.append([message(alice, EVERYONE), message(alice, direct(alice, bob))]),
        fixture.append([message(bob, direct(bob))]),
        fixture.append([message(alice, EVERYONE)]),
      ]);
      ends[0]?.();
      appended.push(await fixture.append([message(bob, EVERYONE)]));
      ends[1]?.();
      await fixture.append([message(bob, EVERYONE)]);
      const entries = appended.flat();
      expect(told[0]).toEqual(entries.slice(0, 4));
      expect(told[1]).toEqual(entries);
      // They are the same objects, not copies read back.
      for (const [i, entry] of told[1]?.entries() ?? []) expect(entry).toBe(entries[i]);
    });

    test('followers get entries before the append resolves', async () => {
      const alice = await fixture.create();
      const order: string[] = [];
      const end = fixture.log.follow((entries) => order.push(...entries.map(({ body }) => `told ${body}`)));
      const said = ['one', 'two'].map(async (body) => {
        await fixture.say(alice, EVERYONE, { body });
        order.push(`goes on ${body}`);
      });
      await Promise.all(said);
      end();
      for (const body of ['one', 'two']) {
        expect(order.indexOf(`told ${body}`)).toBeLessThan(order.indexOf(`goes on ${body}`));
      }
    });

    test('a follower that throws does not affect the others', async () => {
      const alice = await fixture.create();
      const told: number[] = [];
      const ends = [
        fixture.log.follow(() => {
          throw new Error('thrown by the follower');
        }),
        fixture.log.follow((entries) => told.push(...entries.map(({ id }) => id))),
      ];
      const entries = [await fixture.say(alice, EVERYONE), await fixture.say(alice, EVERYONE)];
      for (const end of ends) end();
      expect(told).toEqual(entries.map(({ id }) => id));
      expect(await fixture.ids(alice)).toEqual(told);
    });

    test('followers get neither failed appends nor duplicates', async () => {
      const alice = await fixture.create();
      const key = { sender: alice.id, key: 'k', unknown: [], time: 1 };
      const told: number[] = [];
      const end = fixture.log.follow((entries) => told.push(...entries.map(({ id }) => id)));
      const [first] = await fixture.append([message(alice, EVERYONE)], key);
      await expect(fixture.append([message(alice, { room: 1e12 })])).rejects.toThrow();
      await fixture.log.append([message(alice, EVERYONE)], key);
      const last = await fixture.say(alice, EVERYONE);
      end();
      expect(told).toEqual([first?.id, last.id]);
    });

    test('joins and leaves are entries, too', async () => {
      const alice = await fixture.create();
      const room = await fixture.room();
      const told: Entry[] = [];
      const end = fixture.log.follow((entries) => told.push(...entries));
      await fixture.log.join(room, alice.id, 'owner', 10);
      await fixture.log.join(room, alice.id, 'guest', 20);
      await fixture.log.leave(room, alice.id, 30);
      await fixture.log.leave(room, alice.id, 40);
      await fixture.log.join(room, alice.id, 'guest', 50);
      await fixture.log.leave(room, alice.id, 60, false, '"kicked"');
      end();
      const about = { room, sender: alice.id, from: alice.name, body: '', counts: false, seq: 0 };
      expect(told).toMatchObject([
        { ...about, kind: 'join', time: 10, previous: 0 },
        { ...about, kind: 'leave', time: 30, previous: told[0]?.id },
        { ...about, kind: 'join', time: 50 },
        { ...about, kind: 'leave', time: 60, body: '"kicked"' },
      ]);
      expect(await fixture.log.get(told[3]?.id ?? 0)).toMatchObject({ kind: 'leave', body: '"kicked"' });
      expect((await fixture.say(alice, { room })).previous).toBe(told[3]?.id);
    });

    test('followers get entries of another process, in one order with all others', async ({ skip }) => {
      if (fixture.store.again === undefined) return skip('the store cannot be opened twice');
      const [alice, bob] = await fixture.some(2);
      const other = await fixture.store.again();
      try {
        const told: Entry[] = [];
        const enough = Promise.withResolvers<void>();
        const end = fixture.log.follow((entries) => {
          told.push(...entries);
          if (told.length === 31) enough.resolve();
        });
        for (let i = 0; i < 10; i++) {
          await other.messageLog.append([message(alice, direct(alice, bob)), message(alice, EVERYONE)]);
          await fixture.say(bob, direct(bob, alice));
        }
        const [last] = (await other.messageLog.append([message(alice, EVERYONE)])) as readonly Entry[];
        await enough.promise;
        end();
        expect(told.map(({ id }) => id)).toEqual(told.map((_, i) => (last?.id ?? 0) - 30 + i));
        expect(await fixture.read(bob)).toEqual(told);
        const pair = told.filter(({ members }) => members !== undefined);
        expect(pair.map(({ seq }) => seq)).toEqual(pair.map((_, i) => i + 1));
        expect(pair.map(({ previous }) => previous)).toEqual([0, ...pair.slice(0, -1).map(({ id }) => id)]);
        expect(await fixture.log.head()).toBe(last?.id);
      } finally {
        await other.close();
      }
    });
  });
}
