import { describe, expect, test } from 'vitest';
import type { StoredAccount } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, message, type OpenLog, SERVER } from './fixture.ts';

/** Counting the messages in an inbox. */
export function countContract(name: string, open: OpenLog): void {
  describe(`${name}: counting an inbox`, () => {
    const fixture = new LogFixture(open);

    test('direct messages are counted, all and those of one sender, up to a limit', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const start = await fixture.log.head();
      const count = (account: StoredAccount, after = start, most = 100) =>
        fixture.log.count(account.id, alice.id, after, most);
      expect(await count(carol)).toMatchObject({ all: 0, own: 0 });
      const first = await fixture.say(alice, direct(alice, carol));
      for (let i = 0; i < 3; i++) await fixture.say(alice, direct(alice, bob, carol));
      for (let i = 0; i < 2; i++) await fixture.say(bob, direct(bob, carol));
      await fixture.say(alice, EVERYONE);
      await fixture.say(bob, EVERYONE);
      expect(await count(carol)).toMatchObject({ all: 6, own: 4 });
      expect(await count(bob)).toMatchObject({ all: 3, own: 3 });
      expect(await count(alice)).toMatchObject({ all: 0, own: 0 });
      expect(await count(carol, first.id)).toMatchObject({ all: 5, own: 3 });
      expect(await count(carol, start, 5)).toMatchObject({ all: 5, own: 4 });
      expect(await count(carol, start, 0)).toMatchObject({ all: 0, own: 0 });
      expect(await fixture.log.count(1e12, alice.id, 0, 10)).toMatchObject({ all: 0, own: 0 });
      await fixture.trim({ most: 0 });
      expect(await count(carol)).toMatchObject({ all: 0, own: 0 });
    });

    test('messages to oneself are counted; other rooms and entries that do not count as unread are not', async () => {
      const [alice, bob] = await fixture.some(2);
      const room = await fixture.room();
      await fixture.log.join(room, alice.id, '', 1);
      await fixture.say(alice, direct(alice), { toSender: true });
      await fixture.say(alice, direct(alice, bob), { toSender: true });
      await fixture.say(alice, direct(alice, bob));
      await fixture.say(bob, { room });
      await fixture.say(bob, direct(alice, bob), { counts: false, kind: 'reaction' });
      expect(await fixture.log.count(alice.id, alice.id, 0, 10)).toMatchObject({ all: 2, own: 2 });
      expect(await fixture.log.count(bob.id, alice.id, 0, 10)).toMatchObject({ all: 2, own: 2 });
    });

    test('messages are counted by origin', async () => {
      const [alice, bob, carol] = await fixture.some(3);
      const from = (sender: StoredAccount, origin?: string) => fixture.say(sender, direct(sender, bob), { origin });
      const start = await fixture.log.head();
      const count = (sender: StoredAccount, origin?: string) =>
        fixture.log.count(bob.id, sender.id, start, 100, origin);
      await from(alice, 'here');
      await from(carol, 'here');
      await from(carol, 'there');
      await from(carol);
      await from(SERVER);
      expect(await count(alice, 'here')).toEqual({ all: 5, own: 1, sameOrigin: 2, isContact: false });
      expect(await count(carol, 'nowhere')).toEqual({ all: 5, own: 3, sameOrigin: 0, isContact: false });
      expect(await count(alice)).toMatchObject({ sameOrigin: 0 });
      expect(await count(SERVER)).toMatchObject({ own: 1 });
    });

    test('a long inbox is counted to its end', async () => {
      const [alice, bob] = await fixture.some(2);
      const start = await fixture.log.head();
      for (let i = 0; i < 20; i++) {
        await fixture.append(Array.from({ length: 100 }, () => message(alice, direct(alice, bob))));
      }
      expect(await fixture.log.count(bob.id, alice.id, start, 10_000)).toMatchObject({ all: 2000, own: 2000 });
      expect(await fixture.log.count(bob.id, alice.id, start + 500, 1000)).toMatchObject({ all: 1000 });
    });
  });
}
