import type { Entry, NewEntry } from 'chatserv';

/** The bits of an entry's `flags`. */
export const COUNTS = 1;
export const TO_SENDER = 2;
export const REDACTED = 4;

// chatserv's own constants, which the store's threads cannot import: see worker.ts. Their types hold them equal.
export const EVERYONE: typeof import('chatserv').EVERYONE = 1;
export const DIRECT_MOST: typeof import('chatserv').DIRECT_MOST = 33;

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

/** An entry as it is sent between threads: its columns and, in a direct conversation, the room's members. */
export type EntryRow = readonly [...StoredEntry, members?: readonly number[] | undefined];
export const MEMBERS = 15;

/** A new entry on its way to the writing thread: a room's id or the members of a conversation, and its columns. */
export type NewEntryRow = readonly [to: number | readonly number[], ...written: WrittenColumns];

/**
 * Where entries were appended, five values for each: its id, its room, its number there, the id of the room's previous
 * entry, and the members of a conversation that was addressed by its room's id, else `null`.
 */
export type Places = readonly (number | readonly number[] | null)[];
const PLACE_LENGTH = 5;

/** The place of the entry at an index. */
export function placeAt(
  places: Places,
  index: number,
): readonly [id: number, room: number, seq: number, previous: number, members: readonly number[] | undefined] {
  const at = index * PLACE_LENGTH;
  const members = places[at + 4] as readonly number[] | null;
  return [
    places[at] as number,
    places[at + 1] as number,
    places[at + 2] as number,
    places[at + 3] as number,
    members ?? undefined,
  ];
}

export function newEntryRow(entry: NewEntry): NewEntryRow {
  const { to, kind, version, counts, toSender, sender, from, device, body, of, reply, time, origin } = entry;
  return [
    'room' in to ? to.room : ascending(to.direct),
    kind,
    version,
    (counts ? COUNTS : 0) | (toSender ? TO_SENDER : 0),
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

/** Sorts ids and removes duplicates. */
function ascending(ids: readonly number[]): readonly number[] {
  if (ids.length === 2) {
    const [a = 0, b = 0] = ids;
    if (a !== b) return a < b ? ids : [b, a];
  }
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** @param members the conversation's members, in an array that its entries share */
export function entryOf(row: EntryRow, members = row[MEMBERS]): Entry {
  const [id, room, seq, previous, kind, version, flags, sender, from, device, body, of, reply, time] = row;
  return {
    id,
    room,
    members,
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
    time,
    seq,
    previous,
    redacted: (flags & REDACTED) !== 0 ? true : undefined,
  };
}

/** An appended entry with its place. Faster than `entryOf`, which would need a row. @param members as in `entryOf` */
export function appendedEntry(
  entry: NewEntry,
  id: number,
  room: number,
  seq: number,
  previous: number,
  members: readonly number[] | undefined,
): Entry {
  const { kind, version, counts, sender, from, device, toSender, body, of, reply, time } = entry;
  return {
    id,
    room,
    members,
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
    time,
    seq,
    previous,
    redacted: undefined,
  };
}
