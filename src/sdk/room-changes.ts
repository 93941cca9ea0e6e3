import { z } from 'zod';
import type { Entry } from '../api/entry.ts';
import type { RoomRole } from '../services/rooms.ts';

const user = z.string();
/** The id of the account that a change is about. */
const account = z.int();
/** How long it lasts, in seconds; without it for good. */
const seconds = z.int().positive().optional();

/** The data of an entry of kind `room`, which the plugin `rooms` appends: what has changed. */
export const roomChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('created') }),
  z.strictObject({ change: z.literal('topic'), topic: z.string() }),
  z.strictObject({ change: z.literal('access'), access: z.enum(['public', 'private', 'invite']) }),
  z.strictObject({ change: z.literal('posting'), posting: z.enum(['members', 'moderators']) }),
  z.strictObject({ change: z.literal('slow'), slow: z.int().nonnegative() }),
  z.strictObject({ change: z.literal('archived'), archived: z.boolean() }),
  z.strictObject({ change: z.literal('renamed'), before: z.string(), name: z.string() }),
  z.strictObject({ change: z.literal('deleted') }),
  z.strictObject({
    change: z.literal('role'),
    account,
    user,
    role: z.enum(['reader', 'member', 'moderator', 'owner']),
  }),
  z.strictObject({ change: z.literal('invited'), account, user }),
  z.strictObject({ change: z.literal('uninvited'), account, user }),
  z.strictObject({ change: z.literal('kicked'), account, user }),
  z.strictObject({ change: z.literal('banned'), account, user, seconds }),
  z.strictObject({ change: z.literal('unbanned'), account, user }),
  z.strictObject({ change: z.literal('muted'), account, user, seconds }),
  z.strictObject({ change: z.literal('unmuted'), account, user }),
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
  moderator: 'a moderator',
  owner: 'an owner',
};

const ACCESS_TITLES = { public: 'public', invite: 'joined by invitation only', private: 'private' } as const;

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
      return data.posting === 'members' ? `${by} let all members post` : `${by} let only moderators post`;
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
      return `${by} removed ${data.user}`;
    case 'banned':
      return `${by} banned ${data.user}${during(data.seconds)}`;
    case 'unbanned':
      return `${by} lifted the ban of ${data.user}`;
    case 'muted':
      return `${by} muted ${data.user}${during(data.seconds)}`;
    case 'unmuted':
      return `${by} lifted the mute of ${data.user}`;
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
