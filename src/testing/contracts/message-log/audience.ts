import { describe, expect, test } from 'vitest';
import type { StoredAccount } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, message, type OpenLog, SERVER, STRANGERS } from './fixture.ts';

/** The accounts that may read an entry: everyone, direct conversations, and pages of both. */
export function audienceContract(name: string, open: OpenLog): void {
  describe(`${name}: the audience of an entry`, () => {
    const fixture = new LogFixture(open);

    test('every account reads what goes to everyone, including its sender', async () => {
      const [alice, bob] = await fixture.some(2);
      const { id, room } = await fixture.say(alice, EVERYONE);
      const fromServer = await fixture.say(SERVER, EVERYONE);
      expect(room).toBe(1);
      for (const one of [alice, bob]) expect(await fixture.ids(one)).toEqual([id, fromServer.id]);
      expect(await fixture.log.read(1e12, 0, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    });

    test('a new account reads nothing older than itself', async () => {
      const alice = await fixture.create();
      await fixture.say(alice, EVERYONE);
      const last = await fixture.say(alice, direct(alice, { id: alice.id + 1 }));
      const carol = await fixture.create();
      expect(carol.id).toBe(alice.id + 1);
      expect(await fixture.log.devices(carol.id)).toEqual([{ name: '', id: last.id, handed: last.id, seen: 0 }]);
      const after = [await fixture.say(alice, EVERYONE), await fixture.say(alice, direct(carol, alice))];
      expect(after[1]?.room).toBe(last.room);
      expect(await fixture.ids(carol)).toEqual(after.map(({ id }) => id));
    });

    test('a direct conversation is the same in whatever order its members are named', async () => {
      const [alice, bob, carol, dave] = await fixture.some(4);
      const sorted = [alice, bob, carol].map(({ id }) => id).toSorted((a, b) => a - b);
      const first = await fixture.say(alice, direct(alice, bob, carol));
      const orders = [direct(carol, bob, alice), direct(bob, alice, carol, bob), direct(carol, alice, bob)];
      const others = await Promise.all(orders.map((to) => fixture.say(bob, to)));
      for (const entry of [first, ...others]) expect(entry).toMatchObject({ room: first.room, members: sorted });
      const pair = await fixture.say(alice, direct(bob, alice));
      expect(pair.room).not.toBe(first.room);
      for (const one of [alice, bob]) expect(await fixture.ids(one)).toHaveLength(5);
      expect(await fixture.ids(carol)).toHaveLength(4);
      expect(await fixture.ids(dave)).toEqual([]);
      expect(await fixture.log.room(first.room)).toMatchObject({ id: first.room, kind: 'direct', members: sorted });
      expect((await fixture.log.roomsOf(bob.id)).map(({ id }) => id)).toEqual([first.room, pair.room]);
      expect((await fixture.log.roomsOf(carol.id)).map(({ id }) => id)).toEqual([first.room]);
    });

    test('concurrent first messages of one conversation make one room', async () => {
      const [alice, bob] = await fixture.some(2);
      const made = await Promise.all([direct(alice, bob), direct(bob, alice)].map((to) => fixture.say(alice, to)));
      expect(made[0]?.room).toBe(made[1]?.room);
      const [one, other] = await fixture.append([message(bob, direct(bob)), message(bob, direct(bob))]);
      expect([other?.room, other?.seq, other?.previous]).toEqual([one?.room, 2, one?.id]);
    });

    test('a message to oneself is a conversation of one, and the server may be a member', async () => {
      const [alice, bob] = await fixture.some(2);
      const own = await fixture.say(alice, direct(alice), { toSender: true });
      const warning = await fixture.say(SERVER, direct(SERVER, alice));
      expect(own.members).toEqual([alice.id]);
      expect(warning.members).toEqual([0, alice.id]);
      expect(await fixture.ids(alice)).toEqual([own.id, warning.id]);
      expect(await fixture.ids(bob)).toEqual([]);
    });

    test('a conversation has 33 members at most, and a crowd is given an entry each', async () => {
      const [alice, bob] = await fixture.some(2);
      const { members } = await fixture.say(alice, { direct: [alice.id, bob.id, ...STRANGERS.slice(0, 31)] });
      expect(members).toHaveLength(33);
      const crowd = [bob.id, ...STRANGERS];
      const entries = await fixture.append(crowd.map((id) => message(alice, { direct: [alice.id, id] })));
      expect(new Set(entries.map(({ room }) => room)).size).toBe(crowd.length);
      expect((await fixture.ids(bob)).at(-1)).toBe(entries[0]?.id);
      expect(await fixture.ids(alice)).toHaveLength(1 + crowd.length);
    });

    test('pages over all rooms have each entry once, in the order of ids', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, bob.id, '', 1);
      const start = await fixture.log.head();
      const places = [
        EVERYONE,
        direct(alice, bob),
        { room },
        direct(alice),
        direct(bob),
        { direct: STRANGERS.slice(0, 5) },
      ];
      for (let i = 0; i < 10; i++) await Promise.all(places.map((to) => fixture.say(alice, to)));
      const end = await fixture.log.head();
      const pages: number[] = [];
      for (let page = await fixture.ids(bob, start, 7); page.length > 0; page = await fixture.ids(bob, pages.at(-1), 7))
        pages.push(...page);
      expect(pages).toHaveLength(40);
      expect(pages).toEqual(pages.toSorted((a, b) => a - b));
      expect(await fixture.ids(bob, start, Number.POSITIVE_INFINITY)).toEqual(pages);
      expect(await fixture.ids(bob, start, -1)).toEqual([]);
      const upTo = async (id: number) => (await fixture.log.read(bob.id, start, id, 1000)).map((entry) => entry.id);
      for (const id of [start, start + 1, start + 30, end]) {
        expect(await upTo(id)).toEqual(pages.filter((one) => one <= id));
      }
    });

    test('a removed account reads nothing and holds back no entry', async () => {
      const [alice, bob] = await fixture.some(2);
      const { id } = await fixture.say(alice, direct(alice, bob));
      await fixture.store.accounts.remove(bob.id);
      expect(await fixture.read(bob)).toEqual([]);
      expect(await fixture.log.devices(bob.id)).toEqual([]);
      await fixture.trim();
      expect(await fixture.log.get(id)).toBeUndefined();
      expect(await fixture.say(alice, direct(alice, bob))).toMatchObject({ seq: 2, previous: id });
    });

    test('an account is a stranger until one has written to it', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const isContact = async (account: StoredAccount, sender: StoredAccount) =>
        (await fixture.log.count(account.id, sender.id, 0, 10)).isContact;
      await fixture.say(alice, direct(alice, bob));
      await fixture.say(alice, EVERYONE);
      await fixture.say(bob, direct(bob), { toSender: true });
      expect(await isContact(bob, alice)).toBe(false);
      expect(await isContact(bob, bob)).toBe(false);
      expect(await isContact(alice, bob)).toBe(true);
      const last = await fixture.say(bob, direct(carol, alice, bob));
      await Promise.all([alice, bob, carol].map((one) => fixture.move(one, last.id)));
      await fixture.trim();
      expect(await isContact(bob, alice)).toBe(true);
      expect(await isContact(bob, carol)).toBe(true);
      expect(await isContact(carol, bob)).toBe(false);
    });
  });
}
