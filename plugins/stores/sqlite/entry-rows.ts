import type { Entry, NewEntry } from 'chatserv';

/** The bits of an entry's `flags`. */
export const COUNTS = 1;
export const TO_SENDER = 2;
export const REDACTED = 4;
export const TO_ALL = 8;

// chatserv's own constants, which the store's threads cannot import: see worker.ts. Their types hold them equal.
export const EVERYONE: typeof import('chatserv').EVERYONE = 1;
export const DIRECT_MOST: typeof import('chatserv').DIRECT_MOST = 33;
export const MENTIONS_MOST: typeof import('chatserv').MENTIONS_MOST = 100;
export const ENTRIES_PER_MESSAGE: typeof import('chatserv').ENTRIES_PER_MESSAGE = 4;

/** Stands for everyone in a room as the account that an entry mentions. */
export const MENTIONS_ALL = 0;

/** The columns of an entry, in the order of `StoredEntry`. */
export const ENTRY_COLUMNS =
  'id, room, seq, previous, kind, version, flags, sender, name, device, body, of, reply, time, origin';

/** The columns that the log does not assign. */
type WrittenColumns = readonly [
  kind: string,
  version: number,
  flags: number,
  sender: number,
  name: string,
  device: string,
  body: string,
  of: number | null,
  reply: number | null,
  time: number,
  origin: string | null,
];

/** An entry as it is stored. */
export type StoredEntry = readonly [
  id: number,
  room: number,
  seq: number,
  previous: number,
  ...written: WrittenColumns,
];

/** What an entry tells of its room: a direct conversation's members, or a named room's name. */
export type OfRoom = readonly number[] | string;

/** An entry as it is sent between threads: its columns, and what it tells of its room. */
export type EntryRow = readonly [...StoredEntry, ofRoom?: OfRoom | undefined];
export const OF_ROOM = 15;

/** A new entry on its way to the writing thread: a room's id or the members of a conversation, and its columns. */
export type NewEntryRow = readonly [to: number | readonly number[], ...written: WrittenColumns];

/** Whom the entries of an append mention, as pairs: an entry's index, and an account's id, or `MENTIONS_ALL`. */
export type MentionPairs = readonly number[];

/**
 * Where entries were appended, five values for each: its id, its room, its number there, the id of the room's previous
 * entry, and what it tells of a room that was addressed by its id, else `null`.
 */
export type Places = readonly (number | OfRoom | null)[];
const PLACE_LENGTH = 5;

/** The place of the entry at an index. */
export function placeAt(
  places: Places,
  index: number,
): readonly [id: number, room: number, seq: number, previous: number, ofRoom: OfRoom | undefined] {
  const at = index * PLACE_LENGTH;
  const ofRoom = places[at + 4] as OfRoom | null;
  return [
    places[at] as number,
    places[at + 1] as number,
    places[at + 2] as number,
    places[at + 3] as number,
    ofRoom ?? undefined,
  ];
}

export function newEntryRow(entry: NewEntry): NewEntryRow {
  const { to, kind, version, counts, toSender, sender, from, device, body, of, reply, mentionsAll, time, origin } =
    entry;
  return [
    'room' in to ? to.room : ascending(to.direct),
    kind,
    version,
    (counts ? COUNTS : 0) | (toSender ? TO_SENDER : 0) | (mentionsAll ? TO_ALL : 0),
    sender,
    from,
    device,
    body,
    of ?? null,
    reply ?? null,
    time,
    origin ?? null,
  ];
}

/** Whom entries mention; undefined if nobody, as for most. */
export function mentionPairs(entries: readonly NewEntry[]): MentionPairs | undefined {
  let pairs: number[] | undefined;
  for (const [i, { mentions, mentionsAll = false }] of entries.entries()) {
    if (mentions === undefined && !mentionsAll) continue;
    pairs ??= [];
    if (mentionsAll) pairs.push(i, MENTIONS_ALL);
    for (const account of mentions ?? []) pairs.push(i, account);
  }
  return pairs;
}

/** Sorts ids and removes duplicates. */
export function ascending(ids: readonly number[]): readonly number[] {
  if (ids.length === 2) {
    const [a = 0, b = 0] = ids;
    if (a !== b) return a < b ? ids : [b, a];
  }
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** @param ofRoom a conversation's members, in an array that its entries share, or a room's name */
export function entryOf(row: EntryRow, ofRoom = row[OF_ROOM]): Entry {
  const [id, room, seq, previous, kind, version, flags, sender, from, device, body, of, reply, time] = row;
  return {
    id,
    room,
    members: typeof ofRoom === 'string' ? undefined : ofRoom,
    roomName: typeof ofRoom === 'string' ? ofRoom : undefined,
    kind,
    version,
    counts: (flags & COUNTS) !== 0,
    sender,
    from,
    device,
    toSender: (flags & TO_SENDER) !== 0,
    body,
    of: of ?? undefined,
    reply: reply ?? undefined,
    mentionsAll: (flags & TO_ALL) !== 0 ? true : undefined,
    time,
    seq,
    previous,
    redacted: (flags & REDACTED) !== 0 ? true : undefined,
  };
}

/** An appended entry with its place. Faster than `entryOf`, which would need a row. @param ofRoom as in `entryOf` */
export function appendedEntry(
  entry: NewEntry,
  id: number,
  room: number,
  seq: number,
  previous: number,
  ofRoom: OfRoom | undefined,
): Entry {
  const { kind, version, counts, sender, from, device, toSender, body, of, reply, mentionsAll, time } = entry;
  return {
    id,
    room,
    members: typeof ofRoom === 'string' ? undefined : ofRoom,
    roomName: typeof ofRoom === 'string' ? ofRoom : undefined,
    kind,
    version,
    counts,
    sender,
    from,
    device,
    toSender,
    body,
    of,
    reply,
    mentionsAll,
    time,
    seq,
    previous,
    redacted: undefined,
  };
}
