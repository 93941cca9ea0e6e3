import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EntryAudience, NewEntry, Retention, StoredAccount } from '../../index.ts';
import { isAsModelled, STRANGERS } from './log-model.ts';
import { appendNew, type Open, type OpenStore } from './store.ts';

/** What every store's log must do. */
export function logContract(name: string, open: Open): void {
  describe(`${name}: log`, () => {
    let store: OpenStore;
    let made = 0;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    async function create(): Promise<StoredAccount> {
      const account = await store.accounts.create(`user${++made}`, 'hash');
      if (!account) throw new Error(`user${made} is taken`);
      return account;
    }

    function append(sender: StoredAccount, audience: EntryAudience, text = 'hello'): Promise<number> {
      return appendNew(store, { sender: sender.id, from: sender.name, audience, text, time: 1 });
    }

    const ids = async (account: StoredAccount, after = 0, limit = 1000) =>
      (await store.log.read(account.id, after, limit)).map(({ id }) => id);

    test('a check says that messages can be kept, and changes nothing', async () => {
      const [alice, bob] = [await create(), await create()];
      const before = await append(alice, [bob.id]);
      await store.log.check?.();
      expect(await ids(bob, before - 1)).toEqual([before]);
      expect(await append(alice, [bob.id])).toBeGreaterThan(before);
    });

    test('an entry is read as it was written', async () => {
      const [alice, bob] = [await create(), await create()];
      const said = {
        sender: alice.id,
        from: 'Alice',
        text: '  tab\tnul\0 \u{1F469}\u200D\u{1F469} \uFEFF ',
        time: 1_800_000_000_123,
      };
      const id = await store.log.append({ ...said, audience: [bob.id] });
      expect(await store.log.read(bob.id, 0, 1)).toEqual([{ id, everyone: false, ...said }]);
      expect(await ids(alice)).toEqual([]);
    });

    test('a long text and one that is empty', async () => {
      const bob = await create();
      await append(bob, [bob.id], '');
      await append(bob, [bob.id], 'é'.repeat(100_000));
      expect((await store.log.read(bob.id, 0, 2)).map(({ text }) => text.length)).toEqual([0, 100_000]);
    });

    test('what no account said has the sender 0 and is for everyone', async () => {
      const bob = await create();
      const id = await store.log.append({ sender: 0, from: 'server', audience: 'everyone', text: 'hi', time: 1 });
      expect(await ids(bob)).toEqual([id]);
    });

    test('ids rise in the order of the calls, and promises resolve in it', async () => {
      const bob = await create();
      const order: number[] = [];
      const calls = Array.from({ length: 50 }, async (_, i) => {
        const id = await append(bob, [bob.id], String(i));
        order.push(id);
        return id;
      });
      const given = await Promise.all(calls);
      expect(given).toEqual(given.toSorted((a, b) => a - b));
      expect(order).toEqual(given);
      expect((await store.log.read(bob.id, 0, 50)).map(({ text }) => Number(text))).toEqual(given.map((_, i) => i));
    });

    test.each([
      ['named accounts', 0],
      ['a crowd', 60],
    ])('%s get it once each, the sender too if it is among them, and nobody else', async (_, more) => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const strangers = STRANGERS.slice(0, more);
      const id = await append(alice, [bob.id, ...strangers, alice.id, bob.id]);
      expect(await ids(alice)).toEqual([id]);
      expect(await ids(bob)).toEqual([id]);
      expect(await ids(carol)).toEqual([]);
    });

    test('everyone is everyone but the sender', async () => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const id = await append(alice, 'everyone');
      expect(await ids(alice)).toEqual([]);
      expect(await ids(bob)).toEqual([id]);
      expect(await ids(carol)).toEqual([id]);
    });

    test('to nobody, and to who is not there: it is kept for nobody, and has an id', async () => {
      const bob = await create();
      const nobody = await append(bob, []);
      const notThere = await append(bob, [bob.id + 1, 0, -1, 0.5]);
      expect(notThere).toBeGreaterThan(nobody);
      expect(await ids(await create())).toEqual([]);
      expect(await store.log.read(1e12, 0, 10)).toEqual([]);
    });

    test('a new account stands at the log’s end and is not given what was said before it', async () => {
      const [alice, bob] = [await create(), await create()];
      const before = await append(alice, 'everyone');
      const last = await append(alice, [bob.id + 1, ...STRANGERS]);
      const carol = await create();
      expect(carol.id).toBe(bob.id + 1);
      expect(await store.log.cursor(carol.id)).toEqual({ id: last, handed: last });
      const after = await append(alice, 'everyone');
      expect(await ids(carol)).toEqual([after]);
      expect(await ids(bob)).toEqual([before, after]);
    });

    test('cursors move forward only, each its own, and what was handed over is never behind them', async () => {
      const [alice, bob] = [await create(), await create()];
      const { id: start } = await store.log.cursor(bob.id);
      await store.log.moveCursors([]);
      await store.log.moveCursors([
        [alice.id, start + 5, start + 5],
        [bob.id, start + 3, start + 7],
        [1e12, start + 9, start + 9],
        [alice.id, start + 4, start + 4],
      ]);
      await store.log.moveCursors([[bob.id, start + 1, start + 2]]);
      expect(await store.log.cursor(alice.id)).toEqual({ id: start + 5, handed: start + 5 });
      expect(await store.log.cursor(bob.id)).toEqual({ id: start + 3, handed: start + 7 });
      await store.log.moveCursors([[bob.id, start + 9, 0]]);
      expect(await store.log.cursor(bob.id)).toEqual({ id: start + 9, handed: start + 9 });
      expect(await store.log.cursor(1e12)).toEqual({ id: 0, handed: 0 });
    });

    test('what names an account is counted, and what of it one sender said, no further than is asked for', async () => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const start = (await store.log.cursor(carol.id)).id;
      const count = (account: StoredAccount, after = start, most = 100) =>
        store.log.count(account.id, alice.id, after, most);
      expect(await count(carol)).toMatchObject({ all: 0, own: 0 });
      const first = await append(alice, [carol.id]);
      for (let i = 0; i < 3; i++) await append(alice, [carol.id, bob.id]);
      for (let i = 0; i < 2; i++) await append(bob, [carol.id]);
      await append(alice, 'everyone');
      await append(bob, 'everyone');
      expect(await count(carol)).toMatchObject({ all: 6, own: 4 });
      expect(await count(bob)).toMatchObject({ all: 3, own: 3 });
      expect(await count(carol, first)).toMatchObject({ all: 5, own: 3 });
      expect(await count(carol, start, 5)).toMatchObject({ all: 5, own: 4 });
      expect(await count(carol, start, 0)).toMatchObject({ all: 0, own: 0 });
      expect(await store.log.count(1e12, alice.id, 0, 10)).toMatchObject({ all: 0, own: 0 });
      await trim({ most: 0 });
      expect(await count(carol)).toMatchObject({ all: 0, own: 0 });
    });

    test('what waits is counted by where it came from, and who was written to is known', async ({ skip }) => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const from = (sender: StoredAccount, audience: EntryAudience, origin?: string) =>
        appendNew(store, { sender: sender.id, from: sender.name, audience, text: '', time: 1, origin });
      const start = (await store.log.cursor(bob.id)).id;
      const count = (sender: StoredAccount, origin?: string) => store.log.count(bob.id, sender.id, start, 100, origin);
      const { sameOrigin, isContact } = await count(alice);
      if (sameOrigin === undefined || isContact === undefined) return skip('the store does not count it');
      await from(alice, [bob.id], 'here');
      await from(carol, [bob.id], 'here');
      await from(carol, [bob.id], 'there');
      await from(carol, [bob.id]);
      expect(await count(alice, 'here')).toEqual({ all: 4, own: 1, sameOrigin: 2, isContact: false });
      expect(await count(carol, 'nowhere')).toEqual({ all: 4, own: 3, sameOrigin: 0, isContact: false });
      expect(await count(alice)).toMatchObject({ sameOrigin: 0 });
      await from(bob, 'everyone');
      await from(bob, [alice.id, ...STRANGERS]);
      await from(bob, [bob.id]);
      expect(await count(alice)).toMatchObject({ isContact: false });
      expect(await count(bob)).toMatchObject({ isContact: false });
      const last = await from(bob, [carol.id, alice.id]);
      await store.log.moveCursors([
        [alice.id, last, last],
        [carol.id, last, last],
      ]);
      await trim();
      expect(await count(alice)).toMatchObject({ isContact: true });
      expect(await count(carol)).toMatchObject({ isContact: true });
    });

    test('of those whom an account has written to, the latest 1,000 are known', async ({ skip }) => {
      const [alice, bob] = [await create(), await create()];
      if ((await store.log.count(bob.id, alice.id, 0, 1)).isContact === undefined)
        return skip('the store does not say');
      const others = await Promise.all(Array.from({ length: 1001 }, () => create()));
      for (let at = 0; at < others.length; at += 30) {
        await append(
          alice,
          others.slice(at, at + 30).map(({ id }) => id),
        );
      }
      const isContact = async (other?: StoredAccount) =>
        (await store.log.count(alice.id, other?.id ?? 0, 0, 1)).isContact;
      expect(await isContact(others[0])).toBe(false);
      expect(await isContact(others[1])).toBe(true);
      expect(await isContact(others.at(-1))).toBe(true);
      await append(alice, [bob.id]);
      expect(await isContact(others[1])).toBe(false);
    });

    async function trim(retention: Partial<Retention> = {}): Promise<void> {
      while (
        await store.log.trim({
          before: 0,
          most: Number.POSITIVE_INFINITY,
          keysSince: Number.POSITIVE_INFINITY,
          ...retention,
        })
      ) {}
    }

    test('trimming forgets what everyone has, and nothing that somebody waits for', async () => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const start = (await store.log.cursor(carol.id)).id;
      const toBob = await append(alice, [bob.id]);
      const toBoth = await append(alice, [bob.id, carol.id]);
      const toCrowd = await append(alice, [carol.id, ...STRANGERS]);
      const toAll = await append(alice, 'everyone');
      await store.log.moveCursors([[bob.id, toAll, toAll]]);
      await trim();
      expect(await ids(bob, start)).not.toContain(toBob);
      expect(await ids(carol, start)).toEqual([toBoth, toCrowd, toAll]);
    });

    test('trimming lets go what is older than the retention, or more than it', async () => {
      const [alice, bob] = [await create(), await create()];
      const start = (await store.log.cursor(bob.id)).id;
      const say = (time: number) =>
        appendNew(store, { sender: alice.id, from: alice.name, audience: [bob.id], text: '', time });
      const [, second, third] = [await say(10), await say(20), await say(30)];
      await trim({ before: 20, now: 40 });
      expect(await ids(bob, start)).toEqual([second, third]);
      await trim({ most: 1 });
      expect(await ids(bob, start)).toEqual([third]);
      const next = await say(40);
      expect(next).toBeGreaterThan(third);
      await trim({ most: 0 });
      expect(await ids(bob, start)).toEqual([]);
      expect(await say(50)).toBeGreaterThan(next);
    });

    test('what a sender said is removed for all who wait for it, and nothing else', async ({ skip }) => {
      const { log } = store;
      if (log.removeFrom === undefined) return skip('the store cannot');
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const start = (await log.cursor(carol.id)).id;
      for (const audience of ['everyone', [carol.id], [carol.id, alice.id, ...STRANGERS]] as const) {
        await append(bob, audience);
      }
      const once = { sender: bob.id, from: bob.name, audience: [carol.id], text: '', time: 1, key: 'k' };
      const keyed = await appendNew(store, once);
      const others = [await append(alice, 'everyone'), await append(carol, [carol.id])];
      const alsoFromServer = await appendNew(store, {
        sender: 0,
        from: bob.name,
        audience: 'everyone',
        text: '',
        time: 1,
      });
      // The name of an account that is there stands for nobody.
      expect(await log.removeFrom(bob.name)).toBe(0);
      expect(await log.removeFrom(bob.id)).toBe(4);
      expect(await log.removeFrom(bob.id)).toBe(0);
      expect(await ids(carol, start)).toEqual([...others, alsoFromServer]);
      expect(await log.append(once)).toEqual({ duplicateOf: keyed, unknown: [] });
      expect(await log.count(carol.id, bob.id, start, 10)).toMatchObject({ all: 1, own: 0 });
      await trim();
      expect(await ids(carol, start)).toEqual([...others, alsoFromServer]);
    });

    test('what somebody said who is removed is removed by the name', async ({ skip }) => {
      const { accounts, log } = store;
      if (log.removeFrom === undefined) return skip('the store cannot');
      const [bob, carol] = [await create(), await create()];
      const start = (await log.cursor(carol.id)).id;
      await append(bob, 'everyone');
      await accounts.remove(bob.id);
      const next = (await accounts.create(bob.name, 'hash')) as StoredAccount;
      const id = await append(next, 'everyone');
      expect(await log.removeFrom(bob.name)).toBe(1);
      expect(await ids(carol, start)).toEqual([id]);
    });

    test('when the latest message was said, also when everyone has it and only its key is known', async ({ skip }) => {
      const { log } = store;
      if (log.latest === undefined) return skip('the store does not say');
      const [alice, bob] = [await create(), await create()];
      const said = { sender: alice.id, from: alice.name, audience: [bob.id], text: '' };
      await log.append({ ...said, time: 20 });
      expect(await log.latest()).toBe(20);
      const id = await appendNew(store, { ...said, time: 10, key: 'latest' });
      expect(await log.latest()).toBe(10);
      await log.moveCursors([[bob.id, id, id]]);
      await trim({ keysSince: 0 });
      expect(await log.latest()).toBe(10);
    });

    const sayOnce = (sender: StoredAccount, key: string, entry: Partial<NewEntry> = {}) =>
      store.log.append({
        sender: sender.id,
        from: sender.name,
        audience: 'everyone',
        text: '',
        time: 1,
        key,
        ...entry,
      });

    test('what was said under a key is found by its sender, also when all have it, until its time is over', async () => {
      const [alice, bob] = [await create(), await create()];
      const audience = [bob.id];
      const first = await sayOnce(alice, 'a', { audience, time: 10 });
      const second = await sayOnce(alice, 'b', { audience, time: 20, unknown: ['ghost', 'no\nbody'] });
      const others = await sayOnce(bob, 'a', { audience, time: 20 });
      await store.log.moveCursors([[bob.id, others as number, others as number]]);
      await trim({ keysSince: 20 });
      expect(await store.log.find(alice.id, 'a')).toBeUndefined();
      expect(await store.log.find(alice.id, 'b')).toEqual({ duplicateOf: second, unknown: ['ghost', 'no\nbody'] });
      expect(await store.log.find(bob.id, 'a')).toEqual({ duplicateOf: others, unknown: [] });
      expect(await store.log.find(bob.id, '__proto__')).toBeUndefined();
      expect(await ids(bob, first as number)).toEqual([]);
      await trim({ most: 0, keysSince: 0 });
      expect(await store.log.find(alice.id, 'b')).toBeUndefined();
    });

    test('a message under a key that its sender has used is not added, and is answered as the first one', async () => {
      const [alice, bob] = [await create(), await create()];
      const first = await sayOnce(alice, 'k', { audience: [bob.id], text: 'one', unknown: ['ghost'] });
      expect(first).toEqual(expect.any(Number));
      const duplicate = { duplicateOf: first, unknown: ['ghost'] };
      expect(await sayOnce(alice, 'k', { audience: [bob.id], text: 'two', unknown: ['other'] })).toEqual(duplicate);
      expect(await store.log.read(bob.id, 0, 10)).toMatchObject([{ id: first, text: 'one' }]);
      // Also when everyone has the first one, and it is forgotten.
      await store.log.moveCursors([[bob.id, first as number, first as number]]);
      await trim({ keysSince: 0 });
      expect(await sayOnce(alice, 'k', { audience: [bob.id], text: 'three' })).toEqual(duplicate);
      expect(await ids(bob)).toEqual([]);
      expect(await sayOnce(bob, 'k', { audience: [bob.id] })).toBeGreaterThan(first as number);
      expect(await ids(bob)).toHaveLength(1);
    });

    test('of copies that are appended at the same moment, one is added and the others duplicate it', async () => {
      const [alice, bob] = [await create(), await create()];
      const [first, ...copies] = await Promise.all(
        Array.from({ length: 5 }, () => sayOnce(alice, 'k', { audience: [bob.id] })),
      );
      expect(copies).toEqual(copies.map(() => ({ duplicateOf: first, unknown: [] })));
      expect(await ids(bob)).toEqual([first]);
      expect(await append(alice, [bob.id])).toBeGreaterThan(first as number);
    });

    test('what is just being appended is found under its key, once it is durable', async () => {
      const alice = await create();
      const order: string[] = [];
      const appended = sayOnce(alice, 'k').then((id) => {
        order.push('kept');
        return id;
      });
      const found = await store.log.find(alice.id, 'k').then((found) => {
        order.push('found');
        return found;
      });
      expect(found).toEqual({ duplicateOf: await appended, unknown: [] });
      expect(order).toEqual(['kept', 'found']);
    });

    test('trimming looks at a long log a part at a time, and comes through all of it', async () => {
      const [alice, bob] = [await create(), await create()];
      const start = (await store.log.cursor(bob.id)).id;
      await Promise.all(Array.from({ length: 2500 }, () => append(alice, [bob.id])));
      const last = await append(alice, [bob.id]);
      await store.log.moveCursors([[bob.id, last - 1, last - 1]]);
      await trim();
      expect(await ids(bob, start, 5000)).toEqual([last]);
    });

    test('the inbox read in pages is the inbox, each entry once', async () => {
      const [alice, bob] = [await create(), await create()];
      const audiences: EntryAudience[] = ['everyone', [bob.id], [bob.id, ...STRANGERS], [alice.id], STRANGERS];
      for (let i = 0; i < 10; i++) await Promise.all(audiences.map((audience) => append(alice, audience)));
      const pages: number[] = [];
      for (let page = await ids(bob, 0, 7); page.length > 0; page = await ids(bob, pages.at(-1), 7))
        pages.push(...page);
      expect(pages).toHaveLength(30);
      expect(pages).toEqual(await ids(bob));
      expect(await ids(bob, 0, Number.POSITIVE_INFINITY)).toEqual(pages);
      expect(await ids(bob, 0, -1)).toEqual([]);
    });

    test('is what the model says, whatever is said to whom and read from where', async () => {
      await isAsModelled(store, create, trim);
    });
  });
}
