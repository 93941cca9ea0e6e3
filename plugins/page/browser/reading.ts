import type { Conversation } from 'chatserv/client';
import type { Talk } from './talks.ts';

/** How long reading is collected before the server is told, in milliseconds. */
const GATHERING = 500;

/** Tells the server what was read, so that it is read on all devices. */
export class Reading {
  readonly #conversation: () => Conversation;
  /** Up to which message conversations were read, until the server is told. */
  #untold = new Map<Talk, number>();
  /** Conversations of which the server is being told. */
  readonly #telling = new Set<Talk>();

  constructor(conversation: () => Conversation) {
    this.#conversation = conversation;
  }

  /** Whether more of a conversation was read than the server knows, so that its count is too high. */
  isAhead(talk: Talk): boolean {
    return this.#untold.has(talk) || this.#telling.has(talk);
  }

  /** The user has read a conversation up to its last message. */
  note(talk: Talk): void {
    const id = talk.entries.findLast((entry) => entry.id !== undefined)?.id;
    // What is still to be loaded was not read.
    if (talk.room !== undefined && id === undefined) return;
    talk.unread = 0;
    if (talk.room === undefined || id === undefined) return;
    if (this.#untold.size === 0) setTimeout(() => void this.#tell(), GATHERING);
    this.#untold.set(talk, id);
  }

  async #tell(): Promise<void> {
    const untold = this.#untold;
    this.#untold = new Map();
    for (const talk of untold.keys()) this.#telling.add(talk);
    for (const [talk, id] of untold) {
      // If the connection is lost, it stays unread elsewhere until more is read.
      if (talk.room !== undefined)
        await this.#conversation()
          .rooms.markRead(talk.room, id)
          .catch(() => {});
      this.#telling.delete(talk);
    }
  }
}
