import { type Account, type CommandSpec, param, type RoomSettings, refuse, reply } from 'chatserv';
import { declarationOf, type RoomContext } from './context.ts';
import { ACCESS, KEY, type KnownRoom, POSTING, TOPICS } from './facts.ts';
import type { Members } from './members.ts';
import { bare } from './names.ts';
import { ROLES } from './policy.ts';
import { declared, noUser } from './refusals.ts';
import { NONE, replyAbout, roomCommand } from './room-command.ts';
import type { Settings } from './settings.ts';

/** The commands that change a room and the roles in it. */
export function ownerCommands(context: RoomContext, settings: Settings, members: Members): CommandSpec[] {
  const { accounts, options } = context;

  const done = (room: KnownRoom, account: Account, more = {}) => replyAbout(context, 'done:', room, account, more);

  /** Changes a setting, unless the config sets it. */
  async function set(room: KnownRoom, account: Account, changes: Partial<RoomSettings>) {
    const declaration = declarationOf(context, room);
    const isDeclared = (setting: string) =>
      setting === 'archived'
        ? declaration !== undefined
        : declaration?.[setting as keyof typeof declaration] !== undefined;
    if (Object.keys(changes).some(isDeclared)) return declared(room);
    return done((await settings.set(room.id, changes, account)) ?? room, account);
  }

  return [
    roomCommand(
      context,
      {
        name: 'room-role',
        summary: 'Gives a member of a room a role',
        params: { user: param.user(), role: param.choice(ROLES) },
        action: 'give roles',
      },
      async ({ room, account, values: { user, role } }) => {
        const target = await accounts.find(user);
        if (target === undefined) return noUser(user);
        const refusal = await members.setRole(room, target, role, account);
        return refusal ?? done(room, account, { user: target.name, given: role });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-posting',
        summary: 'Sets who may post in a room: anyone, its members, or only speakers, moderators and owners',
        params: { who: param.choice(POSTING) },
        action: 'limit posting',
      },
      ({ room, account, values: { who } }) => set(room, account, { posting: who }),
    ),
    roomCommand(
      context,
      {
        name: 'room-topics',
        summary: 'Sets who may set the topic of a room: all members, or only moderators and owners',
        params: { who: param.choice(TOPICS) },
        action: 'decide who sets the topic',
      },
      ({ room, account, values: { who } }) => set(room, account, { topics: who }),
    ),
    roomCommand(
      context,
      {
        name: 'room-slow',
        summary: 'Sets slow mode: the least time between two messages of a member',
        usage: 'room-slow <room> <time or off>',
        params: {
          time: param.duration('between two messages', { unit: 's' }).optional(),
          off: param.choice(['off'], 'turns it off').optional(),
        },
        action: 'limit posting',
      },
      async ({ room, account, values: { time, off } }) => {
        if ((time === undefined) === (off === undefined)) return refuse('args', 'Give a time such as 30s, or off.');
        if (time !== undefined && time > options.maxSlow) {
          return refuse('args', `The time in slow mode is at most ${options.maxSlow} s.`);
        }
        return set(room, account, { slow: time ?? 0 });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-access',
        summary: 'Sets who may see and join a room',
        params: { access: param.choice(ACCESS) },
        action: 'change access',
      },
      ({ room, account, values: { access } }) => set(room, account, { access }),
    ),
    roomCommand(
      context,
      {
        name: 'room-key',
        summary: `Sets the key that joining a room takes without an invitation; ${NONE} removes it`,
        params: { key: param.word() },
        action: 'change access',
      },
      async ({ room, account, values: { key } }) => {
        if (key === NONE) return set(room, account, { key: '' });
        if (!KEY.test(key)) return refuse('args', 'A key is one word of at most 32 characters, without commas.');
        return set(room, account, { key });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-limit',
        summary: 'Sets with how many members a room is joined by invitation only',
        usage: 'room-limit <room> <members or off>',
        params: {
          members: param.integer('at most', { min: 1, max: options.maxMembers }).optional(),
          off: param.choice(['off'], 'no limit').optional(),
        },
        action: 'change access',
      },
      async ({ room, account, values: { members, off } }) => {
        if ((members === undefined) === (off === undefined)) return refuse('args', 'Give a number of members, or off.');
        return set(room, account, { limit: members ?? 0 });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-rename',
        summary: 'Renames a room',
        params: { name: param.room('its new name', { label: 'new name' }) },
        action: 'rename',
      },
      async ({ room, account, values: { name } }) => {
        if (declarationOf(context, room) !== undefined) return declared(room);
        const renamed = await settings.rename(room, bare(name), account);
        return 'kind' in renamed ? renamed : done(renamed, account);
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-archive',
        summary: 'Closes a room: its members may read it, and nobody posts or joins',
        action: 'archive',
      },
      ({ room, account }) => set(room, account, { archived: true }),
    ),
    roomCommand(
      context,
      { name: 'room-unarchive', summary: 'Reopens an archived room', action: 'archive' },
      ({ room, account }) => set(room, account, { archived: false }),
    ),
    roomCommand(
      context,
      { name: 'room-delete', summary: 'Deletes a room with its messages', action: 'delete' },
      async ({ room, account }) => {
        if (declarationOf(context, room) !== undefined) return declared(room);
        await settings.remove(room.id, account);
        return reply('done:', { room: room.id, roomName: `#${room.name}`, deleted: true });
      },
    ),
  ];
}
