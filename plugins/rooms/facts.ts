import { type Room, type RoomInfo, type RoomSettings, z } from 'chatserv';

export const ACCESS = ['public', 'unlisted', 'invite', 'private'] as const;
export const POSTING = ['anyone', 'members', 'moderators'] as const;
export const TOPICS = ['members', 'moderators'] as const;
export const NAME_LISTS = ['banned', 'muted', 'exempt', 'invited'] as const;

/** A key: one word that IRC can carry too, and neither `-` nor `*`, which stand for none and for a hidden one. */
export const KEY = /^(?![-*]$)[^\s\p{C},:][^\s\p{C},]{0,31}$/u;

const nameRule = z.object({
  list: z.enum(NAME_LISTS),
  pattern: z.string(),
  by: z.int(),
  time: z.number(),
  until: z.number().optional(),
});

/**
 * The facts of a room, which the log stores as they are. A fact that is missing or invalid closes the room rather than
 * opening it. Facts of other plugins are left alone.
 */
const FACTS = z.object({
  topic: z.string().catch(''),
  access: z.enum(ACCESS).catch('private'),
  posting: z.enum(POSTING).default('members').catch('moderators'),
  topics: z.enum(TOPICS).catch('moderators'),
  /** In seconds. */
  slow: z.int().nonnegative().catch(0),
  /** If it is invalid, one that nobody can type. */
  key: z.string().default('').catch('\0'),
  limit: z.int().nonnegative().default(0).catch(1),
  archived: z.boolean().catch(false),
  created: z.number().catch(0),
  topicBy: z.int().catch(0),
  topicTime: z.number().catch(0),
  names: z
    .array(nameRule)
    .default([])
    .catch([{ list: 'banned', pattern: '*', by: 0, time: 0 }]),
  /** The plugin that owns the room. */
  plugin: z.string().catch(''),
  /** The account that created it; 0 for none. */
  creator: z.int().nonnegative().catch(0),
  /** The accounts that are or were its owners: all those whose role is `owner` are among them. */
  owners: z.array(z.int().positive()).catch([]),
  /** Accounts registered since then join at their registration or first login; in milliseconds since 1970. */
  joinSince: z.number().optional().catch(undefined),
  /** Whether it is being deleted: it no longer exists for anyone. */
  deleted: z.boolean().catch(false),
});

/** A room's facts. */
export type Facts = z.infer<typeof FACTS>;

/** A room with its facts. */
export interface KnownRoom extends RoomInfo, Omit<Facts, keyof RoomInfo> {
  /** Follows joins and leaves. */
  size: number;
}

/** A room of the log with its facts, checked. */
export function knownRoom({ id, name, facts, size }: Room): KnownRoom {
  return { ...FACTS.parse(facts), id, name, size };
}

/** The settings that a config may declare. */
export const DECLARABLE = [
  'topic',
  'access',
  'posting',
  'topics',
  'slow',
  'key',
  'limit',
] as const satisfies readonly (keyof RoomSettings)[];

/** Whether a room is joined by invitation only. */
export function isByInvitation({ access }: RoomInfo): boolean {
  return access === 'invite' || access === 'private';
}

/** Whether a room is listed for those who are neither in it nor invited. */
export function isListed({ access, archived }: RoomInfo): boolean {
  return !archived && (access === 'public' || access === 'invite');
}

/** Whether a fact is the plugin's own. */
export function isOwnFact(name: string): boolean {
  return Object.hasOwn(FACTS.shape, name);
}
