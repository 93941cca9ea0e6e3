import { type Room, type RoomInfo, z } from 'chatserv';

export const ACCESS = ['public', 'private', 'invite'] as const;
export const POSTING = ['members', 'moderators'] as const;

/**
 * The facts of a room, which the log stores as they are. A fact that is missing or invalid closes the room rather than
 * opening it. Facts of other plugins are left alone.
 */
const FACTS = z.object({
  topic: z.string().catch(''),
  access: z.enum(ACCESS).catch('private'),
  posting: z.enum(POSTING).default('members').catch('moderators'),
  /** In seconds. */
  slow: z.int().nonnegative().catch(0),
  archived: z.boolean().catch(false),
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

/** Whether a fact is the plugin's own. */
export function isOwnFact(name: string): boolean {
  return Object.hasOwn(FACTS.shape, name);
}
