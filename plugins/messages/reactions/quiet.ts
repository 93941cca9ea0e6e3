import { type Entry, EVERYONE, type Rooms, type Server } from 'chatserv';

/** How many rooms' sizes are remembered. */
const REMEMBERED = 1000;

/** Knows in which rooms plain lines show no reactions, because too many people would read each. */
export class QuietRooms {
  readonly #above: number;
  readonly #rooms: Rooms | undefined;
  readonly #server: Server;
  /** How many members rooms had when somebody last reacted there. */
  readonly #sizes = new Map<number, number>();

  /** @param above how many members a room that is not quiet may have */
  constructor(above: number, rooms: Rooms | undefined, server: Server) {
    this.#above = above;
    this.#rooms = rooms;
    this.#server = server;
  }

  /** Looks up the size of a named room: call it before a reaction is appended. */
  async look(room: number): Promise<void> {
    const { size } = (await this.#rooms?.get(room)) ?? {};
    this.#sizes.delete(room);
    if (size !== undefined) this.#sizes.set(room, size);
    for (const oldest of this.#sizes.keys()) {
      if (this.#sizes.size <= REMEMBERED) break;
      this.#sizes.delete(oldest);
    }
  }

  /** Whether a reaction is not shown: in a room of too many members, or to a message to everyone, with too many online. */
  has({ room }: Entry): boolean {
    if (room !== EVERYONE) return (this.#sizes.get(room) ?? 0) > this.#above;
    let online = 0;
    for (const { account } of this.#server.sessions()) if (account !== undefined && ++online > this.#above) return true;
    return false;
  }
}
