import { type Entry, type KindSpec, type RoomRole, z } from 'chatserv';
import { ACCESS, POSTING } from './facts.ts';
import { ROLES } from './policy.ts';

const user = z.string();
/** The id of the account that a change is about. */
const account = z.int();
/** How long it lasts, in seconds; without it for good. */
const seconds = z.int().positive().optional();

/** The data of an entry of kind `room`: what has changed. */
const CHANGE = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('created') }),
  z.strictObject({ change: z.literal('topic'), topic: z.string() }),
  z.strictObject({ change: z.literal('access'), access: z.enum(ACCESS) }),
  z.strictObject({ change: z.literal('posting'), posting: z.enum(POSTING) }),
  z.strictObject({ change: z.literal('slow'), slow: z.int().nonnegative() }),
  z.strictObject({ change: z.literal('archived'), archived: z.boolean() }),
  z.strictObject({ change: z.literal('renamed'), before: z.string(), name: z.string() }),
  z.strictObject({ change: z.literal('deleted') }),
  z.strictObject({ change: z.literal('role'), account, user, role: z.enum(ROLES) }),
  z.strictObject({ change: z.literal('invited'), account, user }),
  z.strictObject({ change: z.literal('uninvited'), account, user }),
  z.strictObject({ change: z.literal('kicked'), account, user }),
  z.strictObject({ change: z.literal('banned'), account, user, seconds }),
  z.strictObject({ change: z.literal('unbanned'), account, user }),
  z.strictObject({ change: z.literal('muted'), account, user, seconds }),
  z.strictObject({ change: z.literal('unmuted'), account, user }),
]);

/** What has changed in a room. */
export type Change = z.infer<typeof CHANGE>;

/** The kinds of entries in rooms. The log itself appends `join`, `leave` and `rename`. @param isQuiet whether nobody is told who joins and leaves a room */
export function roomKinds(isQuiet: (room: number) => boolean): KindSpec[] {
  const ofLog = { version: 1, schema: z.never(), counts: false };
  return [
    {
      ...ofLog,
      name: 'join',
      line: (entry) => told(entry, `${entry.from} joined`),
      isShown: ({ room }) => !isQuiet(room),
    },
    {
      ...ofLog,
      name: 'leave',
      line: (entry) => told(entry, `${entry.from} left`),
      isShown: ({ room }) => !isQuiet(room),
    },
    // People read the entry `room` that goes with it, which says who renamed the room and what it was called.
    { ...ofLog, name: 'rename' },
    {
      name: 'room',
      version: 1,
      schema: CHANGE,
      counts: false,
      line(entry) {
        const { data } = CHANGE.safeParse(bodyOf(entry));
        const what = data && sentenceOf(data, entry.sender === 0 ? 'the server' : entry.from);
        return what === undefined ? undefined : told(entry, what);
      },
    },
  ];
}

/** Made once, because every entry of the log passes here. */
const aboutAccount = z.object({ account });

/** The account that an entry of kind `room` is about, if it is about one. */
export function accountOf(entry: Entry): number | undefined {
  return entry.kind === 'room' ? aboutAccount.safeParse(bodyOf(entry)).data?.account : undefined;
}

function bodyOf({ body }: Entry): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function told({ room, roomName = String(room) }: Entry, what: string): string {
  return `#${roomName} *server*: ${what}`;
}

const ROLE_TITLES: Readonly<Record<RoomRole, string>> = {
  reader: 'a reader',
  member: 'a member',
  moderator: 'a moderator',
  owner: 'an owner',
};

const ACCESS_TITLES = { public: 'public', invite: 'joined by invitation only', private: 'private' } as const;

/** A change as a sentence for people; undefined for one that they are not told. @param by who made it */
function sentenceOf(data: Change, by: string): string | undefined {
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
      return `${by} turned slow mode on: one message per ${inWords(data.slow)} from each member`;
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
  return time === undefined ? '' : ` for ${inWords(time)}`;
}

const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 };

/** A duration as commands take it, in its largest whole unit: `10m`. */
export function inWords(time: number): string {
  const [unit, length] = Object.entries(UNITS).find(([, one]) => time % one === 0) ?? ['s', 1];
  return `${time / length}${unit}`;
}
