import { describe, expect, test } from 'vitest';
import type { Device, StoredAccount } from '../../../index.ts';
import { direct, EVERYONE, LogFixture, type OpenLog } from './fixture.ts';

/** More devices than any case has. */
const MANY = 16;

/** Devices and their cursors. */
export function deviceContract(name: string, open: OpenLog): void {
  describe(`${name}: devices and cursors`, () => {
    const fixture = new LogFixture(open);

    const devices = async (account: StoredAccount): Promise<readonly Device[]> =>
      (await fixture.log.devices(account.id)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const names = async (account: StoredAccount) => (await devices(account)).map((device) => device.name);
    const cursor = async (account: StoredAccount, device = '') => {
      const found = (await devices(account)).find((one) => one.name === device);
      return found && [found.id, found.handed];
    };

    test('the default device exists from the registration on, and a login is recorded', async () => {
      const alice = await fixture.create();
      await fixture.say(alice, EVERYONE);
      const bob = await fixture.create();
      const start = await fixture.log.head();
      expect(await devices(bob)).toEqual([{ name: '', id: start, handed: start, seen: 0 }]);
      await fixture.say(alice, EVERYONE);
      expect(await fixture.log.enter(bob.id, '', 50, MANY)).toEqual({ id: start, handed: start });
      expect(await devices(bob)).toEqual([{ name: '', id: start, handed: start, seen: 50 }]);
    });

    test('a new device starts where the furthest one is', async () => {
      const alice = await fixture.create();
      const { id: start } = await fixture.log.enter(alice.id, '', 1, MANY);
      await fixture.move(alice, start + 5, '', start + 7);
      expect(await fixture.log.enter(alice.id, 'phone', 2, MANY)).toMatchObject({ id: start + 5 });
      await fixture.move(alice, start + 9, 'phone');
      expect(await fixture.log.enter(alice.id, 'laptop', 3, MANY)).toEqual({ id: start + 9, handed: start + 9 });
      expect(await fixture.log.enter(alice.id, '', 4, MANY)).toEqual({ id: start + 5, handed: start + 7 });
      expect(await names(alice)).toEqual(['', 'laptop', 'phone']);
    });

    test('the default device goes when another logs in before it ever did, and comes back at its login', async () => {
      const alice = await fixture.create();
      const start = await fixture.log.head();
      expect(await fixture.log.enter(alice.id, 'phone', 1, MANY)).toEqual({ id: start, handed: start });
      expect(await names(alice)).toEqual(['phone']);
      await fixture.move(alice, start + 3, 'phone');
      expect(await fixture.log.enter(alice.id, '', 2, MANY)).toMatchObject({ id: start + 3 });
      expect(await names(alice)).toEqual(['', 'phone']);
    });

    test('cursors only move forward, each on its own, and `handed` is never behind', async () => {
      const [alice, bob] = await fixture.some(2);
      const { id: start } = await fixture.log.enter(alice.id, '', 1, MANY);
      await fixture.log.enter(alice.id, 'phone', 1, MANY);
      await fixture.log.enter(bob.id, '', 1, MANY);
      await fixture.log.moveCursors([], 2);
      const move = (account: StoredAccount, device: string, id: number, handed: number) => ({
        account: account.id,
        device,
        id: start + id,
        handed: start + handed,
      });
      await fixture.log.moveCursors(
        [
          move(alice, '', 5, 5),
          move(bob, '', 3, 7),
          { account: 1e12, device: '', id: start + 9, handed: start + 9 },
          move(alice, 'tablet', 9, 9),
          move(alice, '', 4, 4),
          move(alice, 'phone', 2, 2),
        ],
        10,
      );
      await fixture.log.moveCursors([move(bob, '', 1, 2)], 5);
      expect(await cursor(alice)).toEqual([start + 5, start + 5]);
      expect(await cursor(alice, 'phone')).toEqual([start + 2, start + 2]);
      expect(await cursor(alice, 'tablet')).toBeUndefined();
      expect(await cursor(bob)).toEqual([start + 3, start + 7]);
      await fixture.log.moveCursors([move(bob, '', 9, 0)], 20);
      expect(await cursor(bob)).toEqual([start + 9, start + 9]);
      expect((await devices(bob)).map(({ seen }) => seen)).toEqual([20]);
      expect(await fixture.log.devices(1e12)).toEqual([]);
    });

    test('the number of devices is bounded: the least recently seen goes first', async () => {
      const alice = await fixture.create();
      for (const [i, device] of ['', 'phone', 'laptop'].entries()) await fixture.log.enter(alice.id, device, 10 + i, 3);
      await fixture.log.enter(alice.id, '', 20, 3);
      await fixture.log.enter(alice.id, 'tablet', 21, 3);
      expect(await names(alice)).toEqual(['', 'laptop', 'tablet']);
      await fixture.log.enter(alice.id, 'watch', 22, 1);
      expect(await names(alice)).toEqual(['watch']);
    });

    test('a device that has not been seen for long expires, except the last one of an account', async () => {
      const alice = await fixture.create();
      for (const [i, device] of ['', 'phone', 'laptop'].entries()) {
        await fixture.log.enter(alice.id, device, 10 + 10 * i, MANY);
      }
      const { id } = await fixture.log.enter(alice.id, '', 10, MANY);
      await fixture.log.moveCursors([{ account: alice.id, device: 'phone', id, handed: id }], 40);
      await fixture.trim({ devicesSince: 31 });
      expect(await names(alice)).toEqual(['phone']);
      await fixture.trim({ devicesSince: 1000 });
      expect(await names(alice)).toEqual(['phone']);
    });

    test('a removed device holds back no entry', async () => {
      const [alice, bob] = await fixture.some(2);
      await fixture.log.enter(bob.id, '', 1, MANY);
      await fixture.log.enter(bob.id, 'phone', 1, MANY);
      const { id } = await fixture.say(alice, direct(alice, bob));
      await fixture.move(bob, id, 'phone');
      await fixture.trim();
      expect(await fixture.ids(bob)).toEqual([id]);
      expect(await fixture.log.removeDevice(bob.id, '')).toBe(true);
      expect(await fixture.log.removeDevice(bob.id, '')).toBe(false);
      expect(await fixture.log.removeDevice(1e12, '')).toBe(false);
      await fixture.trim();
      expect(await fixture.ids(bob)).toEqual([]);
    });

    test('an account that does not exist has no devices', async () => {
      expect(await fixture.log.enter(1e12, 'phone', 1, MANY)).toEqual({ id: 0, handed: 0 });
      expect(await fixture.log.devices(1e12)).toEqual([]);
      const bob = await fixture.create();
      await fixture.store.accounts.remove(bob.id);
      expect(await fixture.log.enter(bob.id, '', 1, MANY)).toEqual({ id: 0, handed: 0 });
      expect(await fixture.log.devices(bob.id)).toEqual([]);
    });
  });
}
