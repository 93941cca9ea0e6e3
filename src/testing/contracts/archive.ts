import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Archive, ArchivedAccount, ArchivedMessage, ArchiveEnds, StoredText } from '../../index.ts';
import { appendNew, type Open, type OpenArchive, type OpenStore } from './store.ts';

/** More accounts than have a row each that names them. */
const CROWD = 50;

/** What every store must do to be taken elsewhere, and to take in what comes from `openOther`. */
export function archiveContract(name: string, open: Open<OpenArchive>, openOther: Open<OpenArchive>): void {
  describe(`${name}: archive`, () => {
    let store: OpenArchive;
    let other: OpenArchive;
    beforeAll(async () => {
      [store, other] = [await open(), await openOther()];
      await fill(other);
    });
    afterAll(async () => {
      await store.close();
      await other.close();
    });

    test('what was never used has nothing in it', async () => {
      expect(await contentsOf(store.archive)).toEqual(NOTHING);
    });

    test('an import that was not finished leaves nothing', async ({ skip }) => {
      if (store.archive.finish === undefined) skip('the store keeps what it is given at once');
      const { ends, accounts, texts } = await contentsOf(other.archive);
      expect(await store.archive.begin(ends)).toBe(true);
      await store.archive.addAccounts(accounts);
      await store.archive.addTexts?.(texts);
      expect(await contentsOf(store.archive)).toEqual(NOTHING);
    });

    test('takes in what another store gave, and gives the same', async () => {
      const contents = await contentsOf(other.archive);
      expect(contents.accounts.length).toBe(CROWD + 1);
      expect(contents.messages.map(({ text }) => text)).toEqual([
        'to one',
        'to all',
        '',
        'to a crowd',
        'to a late one',
      ]);
      expect(await store.archive.begin(contents.ends)).toBe(true);
      await store.archive.addAccounts(contents.accounts);
      await store.archive.addMessages(contents.messages);
      await store.archive.addTexts?.(contents.texts);
      await store.archive.finish?.();
      expect(await contentsOf(store.archive)).toEqual(contents);
      const [first, , had] = contents.messages;
      expect(await store.log.find(first?.sender ?? 0, 'a key')).toEqual({ duplicateOf: first?.id, unknown: ['ghost'] });
      expect(await store.log.find(had?.sender ?? 0, 'another')).toEqual({ duplicateOf: had?.id, unknown: [] });
      for (const { id } of contents.accounts) {
        expect(await store.log.read(id, 0, 10)).toEqual(await other.log.read(id, 0, 10));
        expect(await store.log.cursor(id)).toEqual(await other.log.cursor(id));
      }
      expect(await store.storage.open('notes', z.json()).list()).toEqual([
        { key: 'a/b', value: 'of notes' },
        { key: '😀', value: null },
      ]);
    });

    test('ids go on where the other store was, and not where what is left of it ends', async () => {
      const { account, message } = await other.archive.ends();
      expect((await store.accounts.create('newcomer', ''))?.id).toBe(account + 1);
      const entry = { sender: 1, from: 'u1', audience: [2], text: 'more', time: 1 };
      expect(await store.log.append(entry)).toBe(message + 1);
    });

    test('a store that was used takes nothing in', async () => {
      expect(await store.archive.begin({ account: 9, message: 9 })).toBe(false);
      expect(await other.archive.begin({ account: 9, message: 9 })).toBe(false);
    });
  });
}

async function fill(store: OpenStore): Promise<void> {
  const { accounts, log, storage } = store;
  const notes = storage.open('notes', z.json());
  await notes.set('😀', null);
  await notes.set('a/b', 'of notes');
  await storage.open('notes-old', z.json()).set('a', { list: [1, 'é\n'] });
  const ids: number[] = [];
  for (let i = 1; i <= CROWD; i++) ids.push((await accounts.create(`u${i}`, `hash ${i}`))?.id ?? 0);
  const [one = 0, two = 0, three = 0] = ids;
  await accounts.setSeen(two, 1000);
  await accounts.setRoles(two, ['admin']);
  const said = { sender: one, from: 'u1', time: 1_700_000_000_000 };
  await log.append({ ...said, audience: [two], text: 'to one', key: 'a key', unknown: ['ghost'] });
  await log.append({ ...said, audience: 'everyone', text: 'to all' });
  const had = await appendNew(store, { ...said, audience: [three], text: 'three has it', key: 'another' });
  await log.append({ ...said, audience: ids, text: 'to a crowd' });
  const late = (await accounts.create('late', ''))?.id ?? 0;
  await log.append({ ...said, audience: [late], text: 'to a late one' });
  await log.moveCursors([[three, had, had + 1]]);
  // The last ids that were given are of an account and a message that are gone.
  const gone = (await accounts.create('gone', ''))?.id ?? 0;
  await log.append({ ...said, audience: [gone], text: 'to nobody' });
  await accounts.remove(gone);
  while (await log.trim({ before: 0, most: 100, keysSince: 0 }));
}

interface Contents {
  readonly ends: ArchiveEnds;
  readonly accounts: readonly ArchivedAccount[];
  readonly messages: readonly ArchivedMessage[];
  readonly texts: readonly StoredText[];
}

const NOTHING: Contents = { ends: { account: 0, message: 0 }, accounts: [], messages: [], texts: [] };

/** All that is in an archive, read in pages. */
async function contentsOf(archive: Archive): Promise<Contents> {
  return {
    ends: await archive.ends(),
    accounts: await all((after) => archive.accounts(after, 7)),
    messages: await all((after) => archive.messages(after, 2)),
    texts: await allTexts(archive),
  };
}

async function allTexts(archive: Archive): Promise<StoredText[]> {
  const found: StoredText[] = [];
  const read = async () => (await archive.texts?.(found.at(-1)?.[0] ?? '', 2)) ?? [];
  for (let page = await read(); page.length > 0; page = await read()) found.push(...page);
  return found;
}

async function all<T extends { readonly id: number }>(read: (after: number) => Promise<T[]>): Promise<T[]> {
  const found: T[] = [];
  for (let page = await read(0); page.length > 0; page = await read(page.at(-1)?.id ?? 0)) found.push(...page);
  return found;
}
