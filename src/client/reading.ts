import type { Clock } from '../api/clock.ts';
import type { Conversation } from './conversation.ts';
import { systemClock } from './system-clock.ts';

/** How long reading is collected before the server is told, in milliseconds. */
const GATHERING = 500;

/** Marks rooms as read as a person reads them, with few requests. */
export class Reading {
  readonly #conversation: () => Conversation;
  readonly #clock: Clock;
  /** Up to which entry each room was read, until the server is told. */
  #untold = new Map<number, number>();
  #cancel = (): void => {};
  /** Rooms of which the server is being told. */
  readonly #telling = new Set<number>();

  /** @param conversation the present one */
  constructor(conversation: () => Conversation, clock: Clock = systemClock) {
    this.#conversation = conversation;
    this.#clock = clock;
  }

  /**
   * The person has read a room up to an entry. If the connection is lost before the server knows, it stays unread until
   * more of the room is read.
   * @param room its id
   * @param id that of the entry
   */
  note(room: number, id: number): void {
    if (this.#untold.size === 0) this.#cancel = this.#clock.after(GATHERING, () => void this.tell());
    this.#untold.set(room, id);
  }

  /** Whether more of a room was read than the server knows, so that its count is too high. */
  isAhead(room: number): boolean {
    return this.#untold.has(room) || this.#telling.has(room);
  }

  /** Tells the server now what was read, such as before leaving. */
  async tell(): Promise<void> {
    this.#cancel();
    const untold = this.#untold;
    this.#untold = new Map();
    const { commands, rooms } = this.#conversation();
    // The server may have no markers; it is asked while its commands are unknown.
    if (commands.length > 0 && !commands.some(({ name }) => name === 'read')) return;
    for (const room of untold.keys()) this.#telling.add(room);
    for (const [room, id] of untold) {
      await rooms.markRead(room, id).catch(() => {});
      this.#telling.delete(room);
    }
  }
}
