import {
  type Accounts,
  type Clock,
  type CommandSpec,
  command,
  noRoom,
  param,
  type RoomRole,
  type Rooms,
  refuse,
  reply,
  type Server,
} from 'chatserv';
import { sentenceOf } from './acts.ts';
import type { Journal, ListedAct } from './journal.ts';
import type { Recorder } from './recorder.ts';

/** What the command uses. */
interface CommandContext {
  readonly options: {
    readonly readableBy: 'members' | 'moderators';
    readonly pageSize: number;
    readonly maxPageSize: number;
  };
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly server: Server;
  readonly journal: Journal;
  readonly recorder: Recorder;
}

/** Shown for a user whose account was removed. */
const REMOVED = '*removed*';

/** The command that shows what moderators did in a room. */
export function roomLogCommand(context: CommandContext, rooms: Rooms): CommandSpec {
  const { options, accounts, server, clock, journal, recorder } = context;
  const least: RoomRole = options.readableBy === 'members' ? 'reader' : 'moderator';

  const nameOf = async (id: number) => (id === 0 ? '*server*' : ((await accounts.get(id))?.name ?? REMOVED));

  /** An act for people and for programs. */
  async function shown({ by, time: at, act }: ListedAct) {
    const { account } = act;
    const [name, user] = await Promise.all([nameOf(by), account === undefined ? undefined : nameOf(account)]);
    const time = new Date(at).toISOString();
    const line = `${time.slice(0, 19)}Z ${sentenceOf(act, by === 0 ? 'the server' : name, user)}`;
    return { line, facts: { time, by: name, ...act, ...(user !== undefined && { user }) } };
  }

  return command({
    name: 'room-log',
    summary: 'Shows what moderators did in a room, oldest first',
    params: {
      room: param.room(),
      count: param.integer('how many', { min: 1 }).default(options.pageSize),
      before: param.integer('continues a list', { min: 1 }).optional(),
    },
    async run({ account, values: { room: name, count, before } }) {
      const room = await rooms.find(name, account);
      if (room === undefined) return noRoom(name.slice(1));
      if (!(await rooms.allows(room.id, account, least))) {
        if ((await rooms.role(room.id, account)) === undefined)
          return refuse('not-member', `You are not in #${room.name}.`);
        return refuse('role', `Only moderators and owners of #${room.name} may read its log.`);
      }
      if (count > options.maxPageSize) {
        server.countLimitHit('room-log-page');
        return refuse('too-many', `A page has at most ${options.maxPageSize} acts.`);
      }
      await recorder.settled();
      const found = await journal.list(room.id, count + 1, clock.now(), before);
      const hasMore = found.length > count;
      const page = found.slice(0, count);
      const acts = await Promise.all(page.toReversed().map(shown));
      const next = hasMore ? page.at(-1)?.number : undefined;
      const lines = acts.map(({ line }) => line);
      const facts = { room: room.id, roomName: `#${room.name}`, acts: acts.map((one) => one.facts) };
      return reply(hasMore ? ['...', ...lines] : lines, { ...facts, ...(next !== undefined && { next }) });
    },
  });
}
