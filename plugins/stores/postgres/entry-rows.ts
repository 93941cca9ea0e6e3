import type { Entry } from 'chatserv';

/** The columns of an entry, and what it tells of its room, of `entry e JOIN room r`. */
export const ENTRY = `e.id, e.room, e.seq, e.previous, e.kind, e.version, e.sender, e.name, e.device, e.to_sender, e.body,
  e.of, e.reply, e.mentions_all, e.time, e.redacted, r.kind AS room_kind, r.name AS room_name, r.members`;

/** Entries of rooms that were not removed. */
export const FROM_ENTRY = `FROM entry e JOIN room r ON r.id = e.room AND r.kind <> 'removed'`;

/** An entry as it is selected. */
export interface EntryRow {
  readonly id: number;
  readonly room: number;
  readonly seq: number;
  readonly previous: number;
  readonly kind: string;
  readonly version: number;
  readonly sender: number;
  readonly name: string;
  readonly device: string;
  readonly to_sender: boolean;
  readonly body: string;
  readonly of: number | null;
  readonly reply: number | null;
  readonly mentions_all: boolean;
  readonly time: number;
  readonly redacted: boolean;
  readonly room_kind: string;
  readonly room_name: string;
  readonly members: string | null;
}

/** How many conversations' members to cache. */
const CONVERSATIONS = 10_000;

/** The members of conversations, which never change, in arrays that their entries share. */
const conversations = new Map<string, readonly number[]>();

/** The ids in a list as PostgreSQL writes it, `{1,2}`, in an array that is shared. */
export function membersIn(list: string): readonly number[] {
  const known = conversations.get(list);
  if (known !== undefined) return known;
  const members = idsIn(list);
  if (conversations.size >= CONVERSATIONS) conversations.clear();
  conversations.set(list, members);
  return members;
}

/** The ids in a list as PostgreSQL writes it, `{1,2}`. */
export function idsIn(list: string): number[] {
  return list.length <= 2 ? [] : list.slice(1, -1).split(',').map(Number);
}

/** A list of ids as PostgreSQL reads it. */
export function listOf(ids: readonly number[]): string {
  return `{${ids.join()}}`;
}

/** Sorts ids and removes duplicates. */
export function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

export function entryOf(row: EntryRow): Entry {
  return {
    id: row.id,
    room: row.room,
    members: row.members === null ? undefined : membersIn(row.members),
    roomName: row.room_kind === 'room' ? row.room_name : undefined,
    kind: row.kind,
    version: row.version,
    counts: row.seq > 0,
    sender: row.sender,
    from: row.name,
    device: row.device,
    toSender: row.to_sender,
    body: row.body,
    of: row.of ?? undefined,
    reply: row.reply ?? undefined,
    mentionsAll: row.mentions_all || undefined,
    time: row.time,
    seq: row.seq,
    previous: row.previous,
    redacted: row.redacted || undefined,
  };
}
