import {
  type Account,
  type Accounts,
  type KindSpec,
  notifyOnline,
  type RoomInfo,
  type Rooms,
  type Server,
  z,
} from 'chatserv';
import type { HeldMessage, Holding } from './held-messages.ts';

const SERVER: Account = { id: 0, name: '*server*' };

const schema = z.strictObject({
  room: z.int(),
  roomName: z.string(),
  /** How many messages wait there. */
  waiting: z.int(),
  /** A message that was held just now: its number, its sender and its text. */
  number: z.int().optional(),
  user: z.string().optional(),
  text: z.string().optional(),
});

/** What moderators who are online are told about held messages. No log keeps it: the messages themselves are stored. */
export const heldKind: KindSpec = {
  name: 'held',
  version: 1,
  schema,
  counts: false,
  line({ body }) {
    const { roomName, waiting, number, user, text } = schema.parse(JSON.parse(body));
    if (number !== undefined) return `${roomName} *server*: message ${number} of ${user} waits for approval: ${text}`;
    const what = waiting === 1 ? '1 message waits' : `${waiting} messages wait`;
    return `${roomName} *server*: ${what} for approval: room-held ${roomName}`;
  },
};

/** Tells moderators which messages wait for them, and senders what became of theirs. */
export class Notices {
  readonly #server: Server;
  readonly #rooms: Rooms;
  readonly #accounts: Accounts;

  constructor(server: Server, rooms: Rooms, accounts: Accounts) {
    this.#server = server;
    this.#rooms = rooms;
    this.#accounts = accounts;
  }

  /** Tells a room's moderators who are online that a message waits. */
  async waits({ id, name }: RoomInfo, from: Account, { message, waiting }: Holding): Promise<void> {
    const { number, text } = message;
    const data = { room: id, roomName: `#${name}`, waiting, number, user: from.name, text };
    await notifyOnline(this.#server, await this.#rooms.moderators(id), heldKind.name, data);
  }

  /** Whether an account moderates a room, and is told what waits there. */
  async isFor(account: Account, room: number): Promise<boolean> {
    const role = await this.#rooms.role(room, account);
    return role === 'moderator' || role === 'owner';
  }

  /** Tells a moderator who has logged in how many messages wait in a room. */
  async remind(account: Account, room: number, waiting: number): Promise<void> {
    const info = await this.#rooms.get(room);
    if (info === undefined || waiting === 0) return;
    await notifyOnline(this.#server, [account.id], heldKind.name, { room, roomName: `#${info.name}`, waiting });
  }

  /** Tells a sender that a message was not posted, and why. */
  async notPosted({ sender, room, number }: HeldMessage, why: string): Promise<void> {
    const [to, info] = await Promise.all([this.#accounts.get(sender), this.#rooms.get(room)]);
    if (to === undefined || info === undefined) return;
    await this.#server.post({ from: SERVER, to: [to], text: `Your message ${number} in #${info.name} ${why}` });
  }
}
