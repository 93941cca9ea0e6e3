import type { Entry, NewEntry } from 'chatserv';

/** What an entry's flags say. */
export const COUNTS = 1;
export const TO_SENDER = 2;
export const REDACTED = 4;

/** The id of the room that holds every account. */
export const EVERYONE = 1;

/** The columns of an entry, in the order of `StoredEntry`. */
export const ENTRY_COLUMNS =
  'id, room, seq, previous, kind, version, flags, sender, name, device, body, of, reply, time, origin';

/** An entry as it is stored. */
export type StoredEntry = readonly [
  id: number,
  room: number,
  seq: number,
  previous: number,
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

/** An entry as it crosses from thread to thread: its columns, and the members of its room where that is a direct conversation. */
export type EntryRow = readonly [...StoredEntry, members?: readonly number[] | undefined];
export const MEMBERS = 15;

/** A new entry on its way to the thread that appends it: a room or the members of a conversation, and columns. */
export type NewEntryRow = readonly [
  to: number | readonly number[],
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

/** Where appended entries are, in one array: of each its id, its room, its number, the id of the entry before it, and `null` or the members of its room. */
export type Places = readonly (number | readonly number[] | null)[];
const PLACE_LENGTH = 5;

/** The place of the entry at an index. The members are there where the entry went to a conversation by the room's id. */
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

/** Ids in rising order, each once. */
function ascending(ids: readonly number[]): readonly number[] {
  if (ids.length === 2) {
    const [a = 0, b = 0] = ids;
    if (a !== b) return a < b ? ids : [b, a];
  }
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** @param members those of its conversation, an array that entries share */
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

/** The entry that was appended, with its place. @param members those of its conversation, an array that entries share */
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
