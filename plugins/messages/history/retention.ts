import {
  type CommandSpec,
  command,
  type Keeping,
  type KindSpec,
  type MessageLog,
  noRoom,
  param,
  type Room,
  type Rooms,
  refuse,
  reply,
  type Server,
  z,
} from 'chatserv';
import { inWords, keepingFact, RETENTION, type RoomKeeping } from './keeping.ts';

/** In seconds. */
const DAY = 86_400;

/** Who tells of retention. */
export const SERVER = { id: 0, name: '*server*' };

const schema = z.strictObject({ room: z.int(), roomName: z.string(), retention: keepingFact });

/** How long messages stay in a room: for its members after a change, and for who joins, which no log keeps. */
export const retentionKind: KindSpec = {
  name: 'retention',
  version: 1,
  schema,
  counts: false,
  line({ body }) {
    const { roomName, retention } = schema.parse(JSON.parse(body));
    return `${roomName} *server*: ${inWords(retention)}`;
  },
};

/** The services that the retention of rooms needs. */
interface Context {
  readonly server: Server;
  readonly messageLog: MessageLog;
  readonly keeping: RoomKeeping;
}

/** The command that shows how long messages stay in a room, and with which an owner changes it. */
export function retentionCommand({ server, messageLog, keeping }: Context, rooms: Rooms): CommandSpec {
  return command({
    name: 'room-retention',
    summary: 'Shows how long messages stay in a room, or changes it',
    params: {
      room: param.room(),
      how: param.choice(['forever', 'none', 'default'], 'without a limit, until delivery, or as elsewhere').optional(),
      time: param.duration('how long').optional(),
      messages: param.integer('how many', { min: 1 }).optional(),
    },
    async run({ session, account, values: { room: name, how, time, messages } }) {
      const known = await rooms.find(name, account);
      const room = known && (await messageLog.room(known.id));
      if (room === undefined) return noRoom(name.slice(1));
      const limits = limitsOf(time, messages);
      if (how !== undefined && limits !== undefined) return refuse('args', `Give either '${how}' or limits.`);
      const wanted = how ?? limits;
      if (wanted === undefined) return reply(inWords(keeping.of(room)), factsOf(room, keeping.of(room)));
      if (!(await rooms.allows(room.id, account, 'owner'))) {
        return refuse('role', `Only owners of #${room.name} may change how long messages stay.`);
      }
      if (wanted !== 'default' && !keeping.allows(wanted)) {
        server.countLimitHit('room-retention');
        return refuse('too-much', `This server allows no more than this: ${inWords(keeping.most)}.`);
      }
      const retention = wanted === 'default' ? undefined : wanted;
      if (!(await rooms.setFact(room.id, RETENTION, retention))) return noRoom(room.name);
      const data = factsOf(room, keeping.of({ ...room, facts: { ...room.facts, [RETENTION]: retention } }));
      const to = { room: room.id };
      await server.append({ kind: retentionKind.name, from: account, to, data, device: session.deviceName });
      return reply('done:', data);
    },
  });
}

function limitsOf(time: number | undefined, messages: number | undefined): Exclude<Keeping, string> | undefined {
  if (time === undefined && messages === undefined) return undefined;
  return { ...(time !== undefined && { days: time / DAY }), ...(messages !== undefined && { messages }) };
}

/** How long messages stay in a room, as clients are told it. */
export function factsOf({ id, name }: Room, retention: Keeping) {
  return { room: id, roomName: `#${name}`, retention };
}
