import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredAccount } from '../../index.ts';
import { direct, EVERYONE, message } from './message-log/fixture.ts';
import type { Open, OpenStore } from './store.ts';

/** The contract of `Accounts`. */
export function accountsContract(name: string, open: Open): void {
  describe(`${name}: accounts`, () => {
    let store: OpenStore;
    let made = 0;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    async function create(name = `user${++made}`): Promise<StoredAccount> {
      const account = await store.accounts.create(name, 'hash');
      if (!account) throw new Error(`${name} is taken`);
      return account;
    }

    test('an account is created once and found under its name', async () => {
      const before = Date.now();
      const account = await create('Alice');
      expect(account).toEqual({
        id: expect.any(Number),
        name: 'Alice',
        hash: 'hash',
        roles: [],
        created: expect.any(Number),
        seen: 0,
        epoch: expect.any(Number),
      });
      expect(Number.isSafeInteger(account.epoch)).toBe(true);
      expect(account.id).toBeGreaterThan(0);
      expect(account.created).toBeGreaterThanOrEqual(before);
      expect(account.created).toBeLessThanOrEqual(Date.now());
      expect(await store.accounts.find('Alice')).toEqual(account);
      expect(await store.accounts.find('nobody')).toBeUndefined();
    });

    test('an account is found by its id, and none by an id that does not exist', async () => {
      const account = await create();
      await create();
      expect(await store.accounts.get(account.id)).toEqual(account);
      for (const id of [0, -1, 1.5, 1e12, Number.NaN]) expect(await store.accounts.get(id)).toBeUndefined();
      await store.accounts.remove(account.id);
      expect(await store.accounts.get(account.id)).toBeUndefined();
    });

    test('spellings with one key are one user, shown as registered', async () => {
      const account = await create('Straße');
      expect(await store.accounts.create('STRASSE', 'other')).toBeUndefined();
      expect(await store.accounts.find('ＳＴＲＡＳＳＥ')).toEqual(account);
    });

    test('a lookalike is found, and refused when the name must be distinct', async () => {
      const account = await create('scope');
      expect(await store.accounts.lookalike('ѕсоре')).toEqual(account);
      expect(await store.accounts.lookalike('SC0PE')).toEqual(account);
      expect(await store.accounts.lookalike('scopes')).toBeUndefined();
      expect(await store.accounts.create('sc0pe', 'hash', true)).toEqual(undefined);
      const both = await Promise.all([
        store.accounts.create('modern', 'a', true),
        store.accounts.create('modem', 'b', true),
      ]);
      expect(both.filter(Boolean)).toHaveLength(1);
      const other = await create('ѕсоре');
      await store.accounts.remove(account.id);
      expect(await store.accounts.lookalike('scope')).toEqual(other);
      await store.accounts.remove(other.id);
      expect(await store.accounts.lookalike('scope')).toBeUndefined();
    });

    test('of two who register a name at once, one gets it', async () => {
      const both = await Promise.all([store.accounts.create('twin', 'a'), store.accounts.create('Twin', 'b')]);
      expect(both.filter(Boolean)).toHaveLength(1);
    });

    test.each(['__proto__', 'constructor', "'; DROP TABLE accounts; --", '%', '👩‍👩‍👧'])(
      'the name %s is a name like any other',
      async (name) => {
        expect(await store.accounts.find(name)).toBeUndefined();
        expect(await store.accounts.find((await create(name)).name)).toMatchObject({ name });
      },
    );

    test('an account is renamed: it is found under its new name only, and keeps all else', async () => {
      const { accounts, messageLog: log } = store;
      const [account, sender] = [await create('violet'), await create()];
      await accounts.setRoles(account.id, ['admin']);
      await log.append([message(account, direct(account, sender)), message(sender, direct(sender, account))]);
      const renamed = await accounts.rename(account.id, 'Indigo');
      expect(renamed).toEqual({ ...account, name: 'Indigo', roles: ['admin'] });
      expect(await accounts.find('indigo')).toEqual(renamed);
      expect(await accounts.get(account.id)).toEqual(renamed);
      expect((await accounts.list(account.id - 1, 1))[0]).toEqual(renamed);
      expect(await accounts.find('violet')).toBeUndefined();
      // Names in the log stay as they were sent, and the inbox goes with the account.
      const read = async ({ id }: StoredAccount) =>
        (await log.read(id, 0, Number.MAX_SAFE_INTEGER, 10)).map(({ from }) => from);
      expect(await read(sender)).toContain('violet');
      expect(await read(account)).toContain(sender.name);
      expect((await create('violet')).id).not.toBe(account.id);
    });

    test('a taken name is refused, another spelling of the own name is not', async () => {
      const { accounts } = store;
      const [account, other] = [await create('Weiß'), await create('schwarz')];
      expect(await accounts.rename(account.id, 'SCHWARZ')).toBeUndefined();
      expect(await accounts.rename(1e12, 'nobody-at-all')).toBeUndefined();
      expect(await accounts.get(account.id)).toEqual(account);
      expect(await accounts.find('schwarz')).toEqual(other);
      expect(await accounts.rename(account.id, 'WEISS', true)).toMatchObject({ id: account.id, name: 'WEISS' });
      expect(await accounts.find('weiß')).toMatchObject({ id: account.id, name: 'WEISS' });
      const both = await Promise.all([accounts.rename(account.id, 'grau'), accounts.rename(other.id, 'Grau')]);
      expect(both.filter(Boolean)).toHaveLength(1);
    });

    test('a rename to a lookalike is refused when the name must be distinct, and the old name is free', async () => {
      const { accounts } = store;
      const [account, other] = [await create('hello'), await create('paypal')];
      expect(await accounts.rename(account.id, 'paypa1', true)).toBeUndefined();
      expect(await accounts.lookalike('he11o')).toEqual(account);
      const renamed = await accounts.rename(account.id, 'paypa1');
      expect(renamed).toMatchObject({ name: 'paypa1' });
      expect(await accounts.lookalike('hello')).toBeUndefined();
      // Two accounts look alike now: a new name of one is compared with the other.
      expect(await accounts.rename(other.id, 'PAYPAL', true)).toBeUndefined();
      await accounts.remove(other.id);
      expect(await accounts.lookalike('paypal')).toEqual(renamed);
      expect(await accounts.rename(account.id, 'paypal', true)).toMatchObject({ name: 'paypal' });
    });

    test('roles are replaced, for one account', async () => {
      const [account, other] = [await create(), await create()];
      await store.accounts.setRoles(account.id, ['admin', 'game-master']);
      expect((await store.accounts.find(account.name))?.roles).toEqual(['admin', 'game-master']);
      expect((await store.accounts.list(account.id - 1, 1))[0]?.roles).toEqual(['admin', 'game-master']);
      expect((await store.accounts.find(other.name))?.roles).toEqual([]);
      await store.accounts.setRoles(account.id, []);
      expect(await store.accounts.find(account.name)).toEqual(account);
    });

    test('a hash is replaced, for one account', async () => {
      const [account, other] = [await create(), await create()];
      await store.accounts.setHash(account.id, 'new', { rehashed: true });
      expect(await store.accounts.find(account.name)).toEqual({ ...account, hash: 'new' });
      expect(await store.accounts.find(other.name)).toEqual(other);
    });

    test('another password, a sign-out and each new account begin an epoch, and nothing else does', async () => {
      const [account, other] = [await create(), await create()];
      const epochs = [account.epoch, other.epoch];
      const epoch = async () => (await store.accounts.get(account.id))?.epoch ?? 0;
      for (const begin of [
        () => store.accounts.setHash(account.id, 'other'),
        () => store.accounts.setHash(account.id, 'other', { rehashed: false }),
        () => store.accounts.signOut(account.id),
      ]) {
        await begin();
        epochs.push(await epoch());
      }
      expect(new Set(epochs).size).toBe(5);
      await store.accounts.setHash(account.id, 'rehashed', { rehashed: true });
      await store.accounts.setRoles(account.id, ['admin']);
      await store.accounts.setSeen(account.id, 1);
      expect(await epoch()).toBe(epochs.at(-1));
      expect(await store.accounts.get(other.id)).toEqual(other);
    });

    test('the signing key stays the same until it is renewed', async () => {
      const [key, same] = await Promise.all([store.accounts.signingKey(), store.accounts.signingKey()]);
      expect(key).toHaveLength(32);
      expect([...same]).toEqual([...key]);
      const next = await store.accounts.signingKey(true);
      expect(next).toHaveLength(32);
      expect([...next]).not.toEqual([...key]);
      expect([...(await store.accounts.signingKey())]).toEqual([...next]);
    });

    test('accounts seen since a time are listed, the last seen ones up to a limit', async () => {
      const [early, late, never] = [await create(), await create(), await create()];
      await store.accounts.setSeen(early.id, 1_000_000_000_000);
      await store.accounts.setSeen(late.id, 1_000_000_000_001);
      const ids = async (time: number, limit = 10) =>
        (await store.accounts.seenSince(time, limit)).map(({ id }) => id).sort((a, b) => a - b);
      expect(await store.accounts.seenSince(1_000_000_000_001, 10)).toEqual([{ id: late.id, name: late.name }]);
      expect(await ids(1_000_000_000_000)).toEqual([early.id, late.id]);
      expect(await ids(1_000_000_000_000, 1)).toEqual([late.id]);
      expect(await ids(1_000_000_000_000, 0)).toEqual([]);
      expect(await ids(0, 1000)).not.toContain(never.id);
      expect(await store.accounts.find(late.name)).toEqual({ ...late, seen: 1_000_000_000_001 });
    });

    test('accounts are listed in pages, in the order of their ids', async () => {
      const { id: after } = await create();
      const all = [await create(), await create(), await create()];
      expect(await store.accounts.list(after, 2)).toEqual(all.slice(0, 2));
      expect(await store.accounts.list(all[1]?.id ?? 0, 2)).toEqual(all.slice(2));
      expect(await store.accounts.list(after, Number.POSITIVE_INFINITY)).toEqual(all);
      expect(await store.accounts.list(after, 0)).toEqual([]);
      expect(await store.accounts.list(after, -1)).toEqual([]);
    });

    test('a removed account is gone with its inbox, and the next account of that name has neither its id nor its inbox', async () => {
      const [account, sender] = [await create('gone'), await create()];
      const { messageLog: log } = store;
      const read = ({ id }: StoredAccount) => log.read(id, 0, Number.MAX_SAFE_INTEGER, 10);
      await log.append([message(sender, direct(sender, account)), message(sender, EVERYONE)]);
      await store.accounts.remove(account.id);
      expect(await store.accounts.find('gone')).toBeUndefined();
      expect(await read(account)).toEqual([]);
      expect(await log.devices(account.id)).toEqual([]);
      expect(await read(sender)).toHaveLength(2);

      const next = await create('gone');
      expect(next.id).toBeGreaterThan(account.id);
      expect(await read(next)).toEqual([]);
    });

    test('changes to an account that does not exist do nothing', async () => {
      await store.accounts.setHash(1e12, 'hash');
      await store.accounts.signOut(1e12);
      await store.accounts.setSeen(1e12, Date.now());
      await store.accounts.remove(1e12);
      expect(await store.accounts.list(1e12 - 1, 10)).toEqual([]);
    });
  });
}
