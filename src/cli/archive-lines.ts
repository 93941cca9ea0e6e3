import { z } from 'zod';
import { DIRECT_MOST } from '../api/entry.ts';
import { cleanLines, LATEST_TIME, withoutControls } from '../api/message.ts';
import { isRole } from '../services/roles.ts';
import { isSafeName } from '../usernames/name.ts';

/** The version of the format. */
const VERSION = 2;

/** The greatest id; it leaves room for the ids that a store assigns later, which must be safe integers too. */
const GREATEST_ID = 2 ** 52;

/** The longest user name in UTF-16 code units, as in a JSON login. */
const NAME_LENGTH = 128;

/** The longest name of a device or room. */
const LABEL_LENGTH = 64;

export const id = z.int().positive().max(GREATEST_ID);
export const place = z.int().nonnegative().max(GREATEST_ID);
/** A sender: an account, 0 for none, or a guest, whose id is negative. */
const sender = z.int().min(-GREATEST_ID).max(GREATEST_ID);
export const time = z.int().nonnegative().max(LATEST_TIME);
const name = z.string().refine((name) => name.length <= NAME_LENGTH && isSafeName(name), 'it cannot be a user name');
const label = z.string().max(LABEL_LENGTH).transform(withoutControls);
export const cleanText = z.string().transform(withoutControls);

/** The fields of an account in every version. */
export const accountFields = {
  type: z.literal('account'),
  id,
  name,
  hash: z.string(),
  created: time,
  seen: time,
  roles: z.array(z.string().refine(isRole, 'it cannot be a role')).readonly().default([]),
  epoch: z.int().nonnegative().default(0),
  since: place,
};

/** A value that a plugin stored. */
export const storedLine = z.object({
  type: z.literal('stored'),
  collection: z.string(),
  key: z.string(),
  value: z.custom<unknown>((value) => value !== undefined, 'it is missing'),
});

export type StoredLine = z.infer<typeof storedLine>;

const members = z
  .array(place)
  .min(1)
  .max(DIRECT_MOST)
  .refine((all) => all.every((one, at) => at === 0 || one > (all[at - 1] ?? 0)), 'they must be in ascending order')
  .readonly();

export const archiveLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('archive'), version: z.literal(VERSION), account: place, room: id, entry: place }),
  z.object({
    ...accountFields,
    devices: z.array(z.object({ name: label, id: place, handed: place, seen: time })).readonly(),
    markers: z.array(z.tuple([id, place]).readonly()).readonly(),
  }),
  z.object({
    type: z.literal('room'),
    id,
    kind: z.enum(['everyone', 'room', 'direct']),
    name: label,
    members: members.optional(),
    facts: z.record(z.string(), z.unknown()).readonly(),
    seq: place,
    last: place,
    memberships: z.array(z.object({ account: id, role: z.string(), since: place, until: place })).readonly(),
    spoke: z.array(place).readonly(),
  }),
  z.object({
    type: z.literal('entry'),
    id,
    room: id,
    seq: place,
    previous: place,
    kind: z.string().min(1),
    version: z.int().positive(),
    counts: z.boolean(),
    sender,
    from: cleanText,
    device: label,
    toSender: z.boolean(),
    body: z.string().transform(cleanLines),
    of: id.optional(),
    reply: id.optional(),
    mentions: z.array(id).readonly().optional(),
    mentionsAll: z.boolean().optional(),
    time,
    redacted: z.boolean().optional(),
    origin: z.string().optional(),
  }),
  z.object({
    type: z.literal('key'),
    id,
    sender,
    key: z.string(),
    unknown: z.array(cleanText).readonly(),
    time,
  }),
  storedLine,
]);

/**
 * A line of an archive: first the greatest ids, then accounts, rooms, entries and keys, each by id, and at last the data
 * of plugins by collection and key.
 */
export type ArchiveLine = z.infer<typeof archiveLine>;

export type Line<Type extends ArchiveLine['type']> = Extract<ArchiveLine, { readonly type: Type }>;

export function write(line: ArchiveLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The first line. @param ends the greatest ids */
export function head(ends: { readonly account: number; readonly room: number; readonly entry: number }): ArchiveLine {
  return { type: 'archive', version: VERSION, ...ends };
}

/** A line that was read. */
export interface ReadLine {
  /** Its type; a message of an archive of version 1 is an entry. */
  readonly type: ArchiveLine['type'];
  /** The line in the current format. One of version 1 becomes any number of lines, none without a plan. */
  readonly lines: readonly ArchiveLine[];
}
