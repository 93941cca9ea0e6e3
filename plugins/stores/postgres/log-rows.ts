import type { Entry, SendKey } from 'chatserv';
import type { Queryable } from './database.ts';
import { listOf } from './entry-rows.ts';

/** Stands for everyone in a room as the account that an entry mentions. */
export const MENTIONS_ALL = 0;

/** A room as an append sees it. */
export interface OpenRoom {
  readonly id: number;
  /** The name of a named room, and the members of a direct conversation. */
  readonly name: string | undefined;
  readonly members: readonly number[] | undefined;
  last: number;
  seq: number;
  readonly spoke: Set<number>;
  /** Whether it is a conversation that is not written yet. */
  isNew: boolean;
}

/** An entry with its origin. */
export interface AddedEntry {
  readonly entry: Entry;
  readonly origin: string | undefined;
}

/** A key, and the id of the first entry appended under it. */
export interface AddedKey {
  readonly key: SendKey;
  readonly id: number;
}

export type MentionRow = readonly [account: number, room: number, seq: number, id: number];
export type ContactRow = readonly [account: number, other: number];

/** Adds accounts that exist, or that may still be created, to direct conversations. */
export const ADD_MEMBERS = `
  INSERT INTO member (account, room, since)
  SELECT account, room, 0 FROM unnest($1::bigint[], $2::bigint[]) AS added (account, room)
  WHERE account > (SELECT last FROM accounts) OR EXISTS (SELECT 1 FROM account known WHERE known.id = added.account)`;

/** The columns of rows, for `unnest`. */
export function columns(rows: readonly (readonly unknown[])[], count: number): unknown[][] {
  return Array.from({ length: count }, (_, i) => rows.map((row) => row[i]));
}

/** Inserts conversations with their members. */
export async function insertRooms({ query }: Queryable, rooms: readonly OpenRoom[]): Promise<void> {
  if (rooms.length === 0) return;
  const rows = rooms.map(({ id, members = [], spoke, last, seq }) => [
    id,
    listOf(members),
    listOf([...spoke]),
    last,
    seq,
  ]);
  await query(
    `INSERT INTO room (id, kind, members, spoke, last, seq)
     SELECT id, 'direct', members::bigint[], spoke::bigint[], last, seq
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS added (id, members, spoke, last, seq)`,
    columns(rows, 5),
  );
  const members = rooms.flatMap(({ id, members = [] }) => members.filter((one) => one !== 0).map((one) => [one, id]));
  await query(ADD_MEMBERS, columns(members, 2));
}

/** Writes the ends of rooms. */
export async function updateRooms({ query }: Queryable, rooms: readonly OpenRoom[]): Promise<void> {
  if (rooms.length === 0) return;
  const rows = rooms.map(({ id, last, seq, spoke }) => [id, last, seq, listOf([...spoke])]);
  await query(
    `UPDATE room SET last = changed.last, seq = changed.seq, spoke = changed.spoke::bigint[]
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS changed (id, last, seq, spoke)
     WHERE room.id = changed.id`,
    columns(rows, 4),
  );
}

export async function insertEntries({ query }: Queryable, entries: readonly AddedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ entry: e, origin = null }) => [
    ...[e.id, e.room, e.seq, e.previous, e.kind, e.version, e.sender, e.from, e.device, e.toSender, e.body],
    ...[e.of ?? null, e.reply ?? null, e.mentionsAll ?? false, e.time, origin, e.redacted ?? false],
  ]);
  await query(
    `INSERT INTO entry (id, room, seq, previous, kind, version, sender, name, device, to_sender, body, of, reply,
       mentions_all, time, origin, redacted)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
       $7::bigint[], $8::text[], $9::text[], $10::boolean[], $11::text[], $12::bigint[], $13::bigint[],
       $14::boolean[], $15::bigint[], $16::text[], $17::boolean[])`,
    columns(rows, 17),
  );
}

export async function insertMentions({ query }: Queryable, mentions: readonly MentionRow[]): Promise<void> {
  if (mentions.length === 0) return;
  await query(
    `INSERT INTO mention (account, room, seq, id)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])`,
    columns(mentions, 4),
  );
}

export async function insertKeys({ query }: Queryable, keys: readonly AddedKey[]): Promise<void> {
  if (keys.length === 0) return;
  const rows = keys.map(({ key, id }) => [key.sender, key.key, id, JSON.stringify(key.unknown), key.time]);
  await query(
    `INSERT INTO sent (sender, key, id, unknown, time)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])`,
    columns(rows, 5),
  );
}

/** Blanks the bodies of redacted entries, and of what changes them. */
export async function blank({ query }: Queryable, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await query(
    `UPDATE entry SET body = '', redacted = true
     WHERE kind <> 'redaction' AND (id = ANY ($1::bigint[]) OR of = ANY ($1::bigint[]))`,
    [ids],
  );
  await query('DELETE FROM mention WHERE id = ANY ($1::bigint[])', [ids]);
}

export async function insertContacts({ query }: Queryable, contacts: readonly ContactRow[]): Promise<void> {
  if (contacts.length === 0) return;
  await query(
    'INSERT INTO contact (account, other) SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING',
    columns(contacts, 2),
  );
}
