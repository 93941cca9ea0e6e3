import {
  type Accounts,
  type CommandSpec,
  command,
  findPlace,
  param,
  placeRefusal,
  type Refusal,
  type RoomNames,
  refuse,
  reply,
  type Server,
} from 'chatserv';
import { LEVELS, type NotificationLevels } from './levels.ts';
import { lineOf, listRooms, totalsOf } from './listing.ts';
import type { SharedMarkers } from './other-servers.ts';
import { type Positions, unreadIn } from './positions.ts';
import { markerOf, type Reading } from './reading.ts';

/** How many rooms `conversations` lists by default. */
const LISTED = 20;

/** What the commands use. */
export interface CommandContext extends RoomNames {
  readonly reading: Reading;
  readonly positions: Positions;
  readonly levels: NotificationLevels;
  readonly shared: SharedMarkers;
  readonly server: Server;
  /** The most rooms in an answer. */
  readonly maxRooms: number;
}

/** Why there is no such place for an account. */
async function refusalOf(place: string | readonly string[], accounts: Accounts): Promise<Refusal> {
  return (await placeRefusal(place, accounts)) ?? refuse('no-room', 'There is no such conversation yet.');
}

export function readCommand(context: CommandContext): CommandSpec {
  return command({
    name: 'read',
    summary: 'Marks a room or conversation as read, on all your devices',
    params: {
      place: param.place('what you have read'),
      id: param.integer('up to the entry with this id; by default everything', { min: 1 }).optional(),
    },
    async run({ session, account, values: { place, id } }) {
      const found = await findPlace(place, account, context);
      if (found === undefined) return refusalOf(place, context.accounts);
      const position = await context.reading.read(session, found.room.id, id);
      if (position === undefined) return refusalOf(place, context.accounts);
      return reply(`read:${unreadIn(position)}`, markerOf(position));
    },
  });
}

export function unreadCommand(context: CommandContext): CommandSpec {
  return command({
    name: 'unread',
    summary: 'Lists rooms and conversations with unread messages, the latest first: messages, mentions, level',
    async run({ account }) {
      const { reading, positions, levels, server, maxRooms } = context;
      await reading.settle(account);
      const [unread, ofRooms] = await Promise.all([positions.unread(account), levels.of(account.id)]);
      if (unread.length > maxRooms) server.countLimitHit('listed-rooms');
      const latest = unread.toSorted((a, b) => b.lastId - a.lastId).slice(0, maxRooms);
      const rooms = await listRooms(latest, ofRooms, account, context);
      return reply(rooms.map(lineOf), { rooms, totals: totalsOf(unread, ofRooms) });
    },
  });
}

export function conversationsCommand(context: CommandContext): CommandSpec {
  const { maxRooms } = context;
  return command({
    name: 'conversations',
    summary: 'Lists your rooms and conversations, the latest first: unread messages, mentions, level',
    params: {
      count: param.integer('how many', { min: 1, max: maxRooms }).default(Math.min(LISTED, maxRooms)),
      before: param.integer('continues a list', { min: 1 }).optional(),
    },
    async run({ account, values: { count, before } }) {
      const { reading, levels } = context;
      await reading.settle(account);
      const [positions, ofRooms] = await Promise.all([
        context.positions.page(account, before ?? Number.MAX_SAFE_INTEGER, count),
        levels.of(account.id),
      ]);
      const rooms = await listRooms(positions, ofRooms, account, context);
      const next = positions.length < count ? undefined : positions.at(-1)?.lastId;
      return reply(rooms.map(lineOf), { rooms, ...(next && { next }) });
    },
  });
}

export function notifyCommand(context: CommandContext): CommandSpec {
  return command({
    name: 'notify',
    summary: 'Sets what you want to be notified of in a room or conversation, or shows it',
    params: {
      place: param.place('the room or conversation'),
      level: param.choice(LEVELS, 'every message, only those that mention you, or none').optional(),
    },
    async run({ session, account, values: { place, level } }) {
      const { levels, server, shared } = context;
      const found = await findPlace(place, account, context);
      if (found === undefined) return refusalOf(place, context.accounts);
      const room = found.room.id;
      const shown = level ?? (await levels.of(account.id)).get(room) ?? 'all';
      const facts = { room, level: shown };
      if (level !== undefined) {
        if (!(await levels.set(account.id, room, level))) {
          server.countLimitHit('notification-levels');
          return refuse('too-many', 'You have levels for too many rooms. Set some of them to all.');
        }
        await shared.levelChanged(account.id, room, session);
      }
      return reply(`notify:${shown}`, facts);
    },
  });
}
