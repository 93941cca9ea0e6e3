import { z } from 'zod';
import type { Entry } from '../api/entry.ts';
import type { RoomNameList, RoomRole } from '../services/rooms.ts';

const user = z.string();
/** The id of the account that a change is about. */
const account = z.int();
/** How long it lasts, in seconds; without it for good. */
const seconds = z.int().positive().optional();
const nameList = z.enum(['banned', 'muted', 'exempt', 'invited']);

/** The data of an entry of kind `room`, which the plugin `rooms` appends: what has changed. */
export const roomChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('created') }),
  z.strictObject({ change: z.literal('topic'), topic: z.string() }),
  z.strictObject({ change: z.literal('access'), access: z.enum(['public', 'unlisted', 'invite', 'private']) }),
  z.strictObject({ change: z.literal('posting'), posting: z.enum(['anyone', 'members', 'moderators']) }),
  z.strictObject({ change: z.literal('topics'), topics: z.enum(['members', 'moderators']) }),
  z.strictObject({ change: z.literal('slow'), slow: z.int().nonnegative() }),
  // Not the key itself, since those who leave would keep it.
  z.strictObject({ change: z.literal('key'), set: z.boolean() }),
  z.strictObject({ change: z.literal('limit'), limit: z.int().nonnegative() }),
  z.strictObject({ change: z.literal('archived'), archived: z.boolean() }),
  z.strictObject({ change: z.literal('renamed'), before: z.string(), name: z.string() }),
  z.strictObject({ change: z.literal('deleted') }),
  z.strictObject({
    change: z.literal('role'),
    account,
    user,
    role: z.enum(['reader', 'member', 'speaker', 'moderator', 'owner']),
  }),
  z.strictObject({ change: z.literal('invited'), account, user }),
  z.strictObject({ change: z.literal('uninvited'), account, user }),
  z.strictObject({ change: z.literal('kicked'), account, user, reason: z.string().optional() }),
  z.strictObject({ change: z.literal('banned'), account, user, seconds }),
  z.strictObject({ change: z.literal('unbanned'), account, user }),
  z.strictObject({ change: z.literal('muted'), account, user, seconds }),
  z.strictObject({ change: z.literal('unmuted'), account, user }),
  z.strictObject({ change: z.literal('name-added'), list: nameList, pattern: z.string(), seconds }),
  z.strictObject({ change: z.literal('name-removed'), list: nameList, pattern: z.string() }),
]);

/** What has changed in a room. */
export type RoomChange = z.infer<typeof roomChange>;

/** What an entry of kind `room` says has changed; undefined for any other entry. */
export function roomChangeIn({ kind, body }: Entry): RoomChange | undefined {
  if (kind !== 'room') return undefined;
  try {
    return roomChange.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

const ROLE_TITLES: Readonly<Record<RoomRole, string>> = {
  reader: 'a reader',
  member: 'a member',
  speaker: 'a speaker',
  moderator: 'a moderator',
  owner: 'an owner',
};

const ACCESS_TITLES = {
  public: 'public',
  unlisted: 'unlisted',
  invite: 'joined by invitation only',
  private: 'private',
} as const;

const POSTING_TITLES = { anyone: 'anyone', members: 'all members', moderators: 'only moderators' } as const;

/** What a rule about names does, between who made it and the pattern. */
const NAME_RULES: Readonly<Record<RoomNameList, string>> = {
  banned: 'banned all names like',
  muted: 'muted all names like',
  exempt: 'exempted from bans all names like',
  invited: 'invited all names like',
};

/** A change as a sentence for people, without a full stop; undefined for one that they are not told. @param by who made it */
export function roomChangeSentence(data: RoomChange, by: string): string | undefined {
  switch (data.change) {
    case 'created':
      return undefined;
    case 'topic':
      return data.topic === '' ? `${by} removed the topic` : `${by} set the topic: ${data.topic}`;
    case 'access':
      return `${by} made the room ${ACCESS_TITLES[data.access]}`;
    case 'posting':
      return `${by} let ${POSTING_TITLES[data.posting]} post`;
    case 'topics':
      return `${by} let ${POSTING_TITLES[data.topics]} set the topic`;
    case 'key':
      return data.set ? `${by} set a key` : `${by} removed the key`;
    case 'limit':
      return data.limit === 0 ? `${by} removed the limit of members` : `${by} set a limit of ${data.limit} members`;
    case 'slow':
      if (data.slow === 0) return `${by} turned slow mode off`;
      return `${by} turned slow mode on: one message per ${durationInWords(data.slow)} from each member`;
    case 'archived':
      return data.archived ? `${by} archived the room` : `${by} reopened the room`;
    case 'renamed':
      return `${by} renamed the room, which was #${data.before}`;
    case 'deleted':
      return `${by} deleted the room`;
    case 'role':
      return `${by} made ${data.user} ${ROLE_TITLES[data.role]}`;
    case 'invited':
      return `${by} invited ${data.user}`;
    case 'uninvited':
      return `${by} withdrew the invitation of ${data.user}`;
    case 'kicked':
      return `${by} removed ${data.user}${data.reason === undefined ? '' : `: ${data.reason}`}`;
    case 'banned':
      return `${by} banned ${data.user}${during(data.seconds)}`;
    case 'unbanned':
      return `${by} lifted the ban of ${data.user}`;
    case 'muted':
      return `${by} muted ${data.user}${during(data.seconds)}`;
    case 'unmuted':
      return `${by} lifted the mute of ${data.user}`;
    case 'name-added':
      return `${by} ${NAME_RULES[data.list]} ${data.pattern}${during(data.seconds)}`;
    case 'name-removed':
      return `${by} removed ${data.pattern} from the ${data.list} names`;
  }
}

function during(time: number | undefined): string {
  return time === undefined ? '' : ` for ${durationInWords(time)}`;
}

const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 };

/** A duration as commands take it, in its largest whole unit: `10m`. */
export function durationInWords(time: number): string {
  const [unit, length] = Object.entries(UNITS).find(([, one]) => time % one === 0) ?? ['s', 1];
  return `${time / length}${unit}`;
}
