import { z } from 'chatserv';

/** What guests may do by default: read, write and leave. */
const COMMANDS = [
  'broadcast',
  'fetch',
  'help',
  'logout',
  'me',
  'message',
  'rename',
  'watch',
  'who',
  'whoelse',
  'wholast',
];

/** What guests who may join rooms do there. */
const IN_ROOMS = [
  ...['rooms', 'room', 'members', 'join', 'leave', 'topic', 'history', 'unread', 'read', 'search', 'report'],
  ...['register', 'edit', 'delete', 'reply', 'react', 'reactions', 'ignore', 'unignore', 'ignored'],
];

/** What guests who may create rooms do there besides. */
const IN_OWN_ROOMS = ['create', 'invite', 'uninvite'];

/** What the commands of moderators and owners of rooms begin with: their roles say who may call them. */
const MODERATION = /^room-/;

export const guestsOptions = z.strictObject({
  maxGuests: z.int().positive().default(100).describe('How many guests can be online'),
  perNetwork: z.int().positive().default(4).describe('How many of them from one IPv4 address or IPv6 /64'),
  write: z.boolean().default(true).describe('Whether guests may send messages'),
  rooms: z
    .enum(['none', 'join', 'create'])
    .default('none')
    .describe(
      'What guests may do with named rooms. For `join` and `create` each has an account as long as the session lasts',
    ),
  mark: z
    .boolean()
    .default(true)
    .describe('Whether the names of guests end with `[guest]`. `false` requires that they may join rooms'),
  commands: z
    .array(z.string())
    .default(COMMANDS)
    .describe('The commands that guests may call. Those for rooms, if they may use these, are added'),
});

export type GuestsOptions = z.infer<typeof guestsOptions>;

/** Whether guests may call a command. */
export function commandsOf({ commands, rooms }: GuestsOptions): (command: string) => boolean {
  const inRooms = rooms === 'none' ? [] : rooms === 'join' ? IN_ROOMS : [...IN_ROOMS, ...IN_OWN_ROOMS];
  const allowed = new Set([...commands, ...inRooms]);
  return (command) => allowed.has(command) || (rooms === 'create' && MODERATION.test(command));
}
