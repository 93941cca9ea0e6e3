import { partsOf } from '../sdk/storage-over.ts';
import type { Archive, ArchivedAccount, ArchivedRoom, ArchiveEnds } from '../services/archive.ts';
import type { StoredText } from '../services/storage.ts';
import { type ArchiveLine, head } from './archive-lines.ts';

/** How much is read at once. */
const PAGE = 500;

/** Reads a store as the lines of an archive. A server may write to it meanwhile: the lines are those of one moment. */
export async function* linesOfStore(archive: Archive): AsyncGenerator<ArchiveLine> {
  const accounts: ArchivedAccount[] = [];
  for await (const page of pages((after) => archive.accounts(after, PAGE))) accounts.push(...page);
  // Read after the accounts, so that no cursor is beyond the end.
  const ends = await archive.ends();
  yield head(ends);
  for (const account of accounts) yield { type: 'account', ...account };
  for (const room of await roomsUpTo(archive, ends)) yield { type: 'room', ...room };
  const entries = upTo(ends.entry, (after) => archive.entries(after, PAGE));
  for await (const entry of entries) yield { type: 'entry', ...entry };
  const keys = upTo(ends.entry, (after) => archive.keys(after, PAGE));
  for await (const key of keys) yield { type: 'key', ...key };
  for (let last = '', page = await textsAfter(archive, last); page.length > 0; page = await textsAfter(archive, last)) {
    for (const [place, text] of page) {
      yield { type: 'stored', ...partsOf(place), value: JSON.parse(text) };
      last = place;
    }
  }
}

/** The rooms as they were at these ends: entries that were appended since are subtracted. */
async function roomsUpTo(archive: Archive, ends: ArchiveEnds): Promise<Iterable<ArchivedRoom>> {
  const rooms = new Map<number, ArchivedRoom>();
  for await (const page of pages((after) => archive.rooms(after, PAGE))) {
    for (const room of page) if (room.id <= ends.room) rooms.set(room.id, room);
  }
  const isLater = () => [...rooms.values()].some(({ last }) => last > ends.entry);
  for (let last = ends.entry; isLater(); ) {
    const page = await archive.entries(last, PAGE);
    for (const { id, room, seq, previous } of page) {
      const known = rooms.get(room);
      last = id;
      if (known === undefined) continue;
      const before = { seq: seq > 0 ? Math.min(known.seq, seq - 1) : known.seq, last: Math.min(known.last, previous) };
      rooms.set(room, { ...known, ...before });
    }
    if (page.length === 0) break;
  }
  return rooms.values();
}

/** Everything up to an id. @param read gives the page after an id */
async function* upTo<T extends { readonly id: number }>(
  last: number,
  read: (after: number) => Promise<T[]>,
): AsyncGenerator<T> {
  for await (const page of pages(read)) {
    for (const one of page) {
      if (one.id > last) return;
      yield one;
    }
  }
}

/** The page of plugins' data after a key. */
async function textsAfter(archive: Archive, after: string): Promise<readonly StoredText[]> {
  return (await archive.texts?.(after, PAGE)) ?? [];
}

/** All pages. @param read gives the page after an id, an empty one at the end */
async function* pages<T extends { readonly id: number }>(read: (after: number) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let page = await read(0); page.length > 0; page = await read(page.at(-1)?.id ?? 0)) yield page;
}
