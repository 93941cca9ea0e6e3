import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { partsOf } from '../sdk/storage-over.ts';
import { Accounts } from '../services/accounts.ts';
import { Archive, type ArchivedAccount, type ArchivedRoom, type ArchiveEnds } from '../services/archive.ts';
import { head, write } from './archive-lines.ts';
import { writeOutputFile } from './output-file.ts';
import { print } from './print.ts';
import { mustBeUsed, withServices } from './services.ts';

const PAGE = 500;

/** The first bytes of every archive. */
const ARCHIVE = '{"type":"archive"';

/** Writes accounts, log and plugins' data as JSON lines to a file or to standard output. The server may be running. */
export async function exportAll(config: string | undefined, file: string | undefined): Promise<void> {
  await withServices(config, { accounts: Accounts, archive: Archive }, async ({ accounts, archive }, name) => {
    await mustBeUsed(accounts, name);
    if (file === undefined) return writeAll(archive, process.stdout);
    await writeOutputFile(file, notAnArchive, async (path) => {
      const stream = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
      const written = finished(stream);
      await Promise.all([writeAll(archive, stream).then(() => stream.end()), written]);
    });
    print(`Wrote accounts and log to ${file}.\n`);
  });
}

/** Only an earlier archive, complete or not, and an empty file may be replaced. @returns why this file may not */
async function notAnArchive(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(ARCHIVE.length) });
    return ARCHIVE.startsWith(buffer.toString('latin1', 0, bytesRead)) ? undefined : 'it is not an archive of chatserv';
  } finally {
    await handle.close();
  }
}

async function writeAll(archive: Archive, to: Writable): Promise<void> {
  const accounts: ArchivedAccount[] = [];
  for await (const page of pages((after) => archive.accounts(after, PAGE))) accounts.push(...page);
  // Read after the accounts, so that no cursor is beyond the end.
  const ends = await archive.ends();
  await put(to, write(head(ends)));
  for (const account of accounts) await put(to, write({ type: 'account', ...account }));
  for (const room of await roomsUpTo(archive, ends)) await put(to, write({ type: 'room', ...room }));
  await writeUpTo(
    ends.entry,
    (after) => archive.entries(after, PAGE),
    to,
    (entry) => write({ type: 'entry', ...entry }),
  );
  await writeUpTo(
    ends.entry,
    (after) => archive.keys(after, PAGE),
    to,
    (key) => write({ type: 'key', ...key }),
  );
  await writeTexts(archive, to);
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

/** Reads page by page and writes everything up to an id. */
async function writeUpTo<T extends { readonly id: number }>(
  last: number,
  read: (after: number) => Promise<T[]>,
  to: Writable,
  text: (one: T) => string,
): Promise<void> {
  for await (const page of pages(read)) {
    for (const one of page) {
      if (one.id > last) return;
      await put(to, text(one));
    }
  }
}

/** Writes plugins' data. */
async function writeTexts(archive: Archive, to: Writable): Promise<void> {
  let last = '';
  const next = async () => (await archive.texts?.(last, PAGE)) ?? [];
  for (let page = await next(); page.length > 0; page = await next()) {
    for (const [place, text] of page) {
      await put(to, write({ type: 'stored', ...partsOf(place), value: JSON.parse(text) }));
      last = place;
    }
  }
}

/** All pages. @param read gives the page after an id, an empty one at the end */
async function* pages<T extends { readonly id: number }>(read: (after: number) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let page = await read(0); page.length > 0; page = await read(page.at(-1)?.id ?? 0)) yield page;
}

async function put(to: Writable, text: string): Promise<void> {
  if (!to.write(text)) await once(to, 'drain');
}
