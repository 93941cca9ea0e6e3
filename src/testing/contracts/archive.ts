import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type {
  Archive,
  ArchivedAccount,
  ArchivedEntry,
  ArchivedKey,
  ArchivedRoom,
  ArchiveEnds,
  StoredAccount,
  StoredText,
} from '../../index.ts';
import { direct, EVERYONE, message, STRANGERS } from './message-log/fixture.ts';
import type { Open, OpenArchive, OpenStore } from './store.ts';

/** Defines the tests of `Archive`: its exports, and imports of what a store of `openOther` has exported. */
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

    test('an unused store exports nothing', async () => {
      expect(await contentsOf(store.archive)).toEqual(NOTHING);
    });

    test('an unfinished import leaves nothing', async ({ skip }) => {
      if (store.archive.finish === undefined) skip('the store keeps what it is given at once');
      const { ends, accounts, rooms, texts } = await contentsOf(other.archive);
      expect(await store.archive.begin(ends)).toBe(true);
      await store.archive.addAccounts(accounts);
      await store.archive.addRooms(rooms);
      await store.archive.addTexts?.(texts);
      expect(await contentsOf(store.archive)).toEqual(NOTHING);
    });

    test('imports what another store exported, and exports the same', async () => {
      const contents = await contentsOf(other.archive);
      expect(contents.accounts.map(({ name }) => name)).toEqual(['u1', 'u2', 'u3', 'late']);
      expect(contents.rooms.map(({ kind }) => kind).toSorted()).toEqual([
        ...Array(5).fill('direct'),
        'everyone',
        'room',
      ]);
      expect(contents.entries.map(({ kind, body }) => body || kind)).toEqual([
        'to one',
        'to all',
        'in the lab',
        'join',
        'leave',
        'to a late one',
      ]);
      expect(contents.entries.filter(({ redacted }) => redacted)).toHaveLength(0);
      expect(contents.keys.map(({ key }) => key)).toEqual(['a key', 'another']);
      expect(await store.archive.begin(contents.ends)).toBe(true);
      await store.archive.addAccounts(contents.accounts);
      await store.archive.addRooms(contents.rooms);
      await store.archive.addEntries(contents.entries);
      await store.archive.addKeys(contents.keys);
      await store.archive.addTexts?.(contents.texts);
      await store.archive.finish?.();
      expect(await contentsOf(store.archive)).toEqual(contents);
      for (const { id } of contents.accounts) {
        const own = [store, other].map(async ({ messageLog }) => ({
          read: await messageLog.read(id, 0, Number.MAX_SAFE_INTEGER, 10),
          devices: await messageLog.devices(id),
          unread: await messageLog.unread(id),
          rooms: await messageLog.roomsOf(id),
          isContact: (await messageLog.count(id, 1, 0, 10)).isContact,
        }));
        expect(await own[0]).toEqual(await own[1]);
      }
      const [key] = contents.keys;
      expect(await store.messageLog.find(key?.sender ?? 0, 'a key')).toEqual({
        duplicateOf: key?.id,
        unknown: ['ghost'],
      });
      expect((await store.messageLog.room('LAB'))?.facts).toEqual({ topic: 'mice' });
    });

    test("ids and numbers continue from the other store's last ones, even if those entries are gone", async () => {
      const { account, room, entry } = await other.archive.ends();
      const newcomer = await store.accounts.create('newcomer', '');
      expect(newcomer?.id).toBe(account + 1);
      const [one] = await all((after) => store.archive.accounts(after, 7));
      const before = (await store.messageLog.room('lab'))?.id ?? 0;
      const rooms = await all((after) => store.archive.rooms(after, 7));
      const { seq = 0, last = 0 } = rooms.find(({ id }) => id === before) ?? {};
      expect(await store.messageLog.append([message(one as StoredAccount, { room: before })])).toMatchObject([
        { id: entry + 1, seq: seq + 1, previous: last },
      ]);
      expect((await store.messageLog.createRoom('new', {}))?.id).toBe(room + 1);
    });

    test('a used store refuses an import', async () => {
      const ends = { account: 9, room: 9, entry: 9 };
      expect(await store.archive.begin(ends)).toBe(false);
      expect(await other.archive.begin(ends)).toBe(false);
    });
  });
}

async function fill({ accounts, messageLog: log, storage }: OpenStore): Promise<void> {
  const notes = storage.open('notes', z.json());
  await notes.set('😀', null);
  await notes.set('a/b', 'of notes');
  await storage.open('notes-old', z.json()).set('a', { list: [1, 'é\n'] });
  const create = async (name: string) => (await accounts.create(name, `hash of ${name}`)) as StoredAccount;
  const [one, two, three] = [await create('u1'), await create('u2'), await create('u3')];
  await accounts.setSeen(two.id, 1000);
  await accounts.setRoles(two.id, ['admin']);
  const key = { sender: one.id, unknown: ['ghost'], time: 1_700_000_000_000 };
  const time = { time: key.time };
  await log.append([message(one, direct(one, two), { ...time, body: 'to one', origin: 'here' })], {
    ...key,
    key: 'a key',
  });
  await log.append([message(one, EVERYONE, { ...time, body: 'to all', device: 'phone' })]);
  const had = await log.append([message(one, direct(three, one), { ...time, body: 'three has it' })], {
    ...key,
    unknown: [],
    key: 'another',
  });
  const lab = (await log.createRoom('Lab', { topic: 'mice' }))?.id ?? 0;
  await log.join(lab, two.id, 'owner', 1);
  await log.append([message(one, { room: lab }, { body: 'in the lab', reply: 1, mentionsAll: true })]);
  await log.join(lab, three.id, '', 2);
  await log.leave(lab, three.id, 3);
  await log.moveMarkers([[two.id, lab, 1]]);
  await log.enter(three.id, '', 5, 16);
  await log.enter(three.id, 'phone', 6, 16);
  const at = 'duplicateOf' in had ? 0 : (had[0]?.id ?? 0);
  for (const device of ['', 'phone']) {
    await log.moveCursors([{ account: three.id, device, id: at, handed: at + (device === '' ? 1 : 0) }], 7);
  }
  const late = await create('late');
  await log.append([message(one, direct(late, one), { body: 'to a late one', toSender: false })]);
  // The last ids belong to an account, a room and an entry that are gone.
  const gone = await create('gone');
  await log.append([message(one, direct(one, gone), { body: 'to nobody' })]);
  await accounts.remove(gone.id);
  await log.append([message(one, { direct: [one.id, ...STRANGERS.slice(0, 3)] }, { body: 'to strangers' })]);
  while (await log.trim({ before: 0, most: 100, keysSince: 0 })) {}
}

interface Contents {
  readonly ends: ArchiveEnds;
  readonly accounts: readonly ArchivedAccount[];
  readonly rooms: readonly ArchivedRoom[];
  readonly entries: readonly ArchivedEntry[];
  readonly keys: readonly ArchivedKey[];
  readonly texts: readonly StoredText[];
}

const NOTHING: Contents = {
  ends: { account: 0, room: 1, entry: 0 },
  accounts: [],
  rooms: [{ id: 1, kind: 'everyone', name: '', facts: {}, seq: 0, last: 0, memberships: [], spoke: [] }],
  entries: [],
  keys: [],
  texts: [],
};

/** Everything in an archive, read in pages. */
async function contentsOf(archive: Archive): Promise<Contents> {
  return {
    ends: await archive.ends(),
    accounts: await all((after) => archive.accounts(after, 2)),
    rooms: await all((after) => archive.rooms(after, 2)),
    entries: await all((after) => archive.entries(after, 2)),
    keys: await all((after) => archive.keys(after, 1)),
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
