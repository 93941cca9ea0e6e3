import {
  type Account,
  type CommandSpec,
  command,
  isGuest,
  noRoom,
  param,
  type Refusal,
  type RoomRole,
  type Rooms,
  refuse,
  reply,
} from 'chatserv';
import { FORMATS, type Format } from './formats.ts';

/** A link that was made. */
export interface MadeLink {
  /** Its address, or its path on the HTTP port if the host has not set an address. */
  readonly link: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What the commands use. */
interface Context {
  readonly rooms: Rooms | undefined;
  /** The least role that may export a room. */
  readonly role: RoomRole;
  /** Why no export can be made now, if so. */
  refusal(): Refusal | undefined;
  /** Makes a link, unless the account has made too many. */
  make(account: Account, room: number | undefined, format: Format): Promise<MadeLink | Refusal>;
}

const format = param.choice(FORMATS, 'a page to read, or lines of JSON for programs').default('html');

/** The commands that make links to exports. */
export function exportCommands({ rooms, role, refusal, make }: Context): CommandSpec[] {
  async function answer(account: Account, room: number | undefined, wanted: Format) {
    const made = await make(account, room, wanted);
    if ('reason' in made) return made;
    const { link, expires } = made;
    const where = room === undefined ? {} : { room };
    return reply(`link:${link}`, { ...where, link, format: wanted, expires: new Date(expires).toISOString() });
  }

  const own = command({
    name: 'export-me',
    summary: 'Makes a link to download all your data and messages, once',
    params: { format },
    run({ account, values }) {
      if (isGuest(account)) return refuse('guest', 'Guests have no account to export.');
      return refusal() ?? answer(account, undefined, values.format);
    },
  });
  if (rooms === undefined) return [own];
  const ofRoom = command({
    name: 'export-room',
    summary: 'Makes a link to download a room with its messages, once',
    params: { room: param.room(), format },
    async run({ account, values }) {
      const room = await rooms.find(values.room, account);
      if (room === undefined) return noRoom(values.room.slice(1));
      if (!(await rooms.allows(room.id, account, role))) {
        return refuse('role', `To export #${room.name} you need the role ${role} there, or a higher one.`);
      }
      return refusal() ?? answer(account, room.id, values.format);
    },
  });
  return [own, ofRoom];
}
