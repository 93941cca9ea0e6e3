import { type Collection, KeyedQueue, NumberedValues, type Storage, z } from 'chatserv';

const held = z.strictObject({
  sender: z.int(),
  /** As it was typed: what other plugins make of it, they make of it once it is posted. */
  text: z.string(),
  reply: z.int().optional(),
  /** The sender's idempotency key; or a random one, so that approving it twice posts it once. */
  key: z.string(),
  /** When it was held, in milliseconds since 1970. */
  time: z.number(),
  /** The account that has approved it: it is being posted. */
  approvedBy: z.int().optional(),
});

export type Held = z.infer<typeof held>;

/** A held message, with the room that it is for and its number there. */
export interface HeldMessage extends Held {
  readonly room: number;
  readonly number: number;
}

/** A message that is held now: whether it was not before, and how many wait in its room. */
export interface Holding {
  readonly message: HeldMessage;
  readonly isNew: boolean;
  readonly waiting: number;
}

/** How many held messages there may be. */
export interface HeldLimits {
  readonly perRoom: number;
  readonly perSender: number;
}

/** The messages that wait for approval, which the store keeps. Numbers are not used again. */
export class HeldMessages {
  readonly #messages: NumberedValues<Held>;
  /** The last number of each room. */
  readonly #numbers: Collection<number>;
  readonly #turns: KeyedQueue<number>;

  /** @param turns runs what concerns one room one after the other */
  constructor(storage: Storage, turns = new KeyedQueue<number>()) {
    this.#messages = new NumberedValues(storage.open('held-messages', held));
    this.#numbers = storage.open('held-message-numbers', z.int());
    this.#turns = turns;
  }

  /** Holds a message, unless it is held already, by its key. @returns it, or the limit that it exceeds */
  hold(room: number, message: Held, limits: HeldLimits): Promise<Holding | keyof HeldLimits> {
    return this.#turns.run(room, async () => {
      const others = await this.list(room);
      const own = others.filter(({ sender }) => sender === message.sender);
      const same = own.find(({ key }) => key === message.key);
      if (same !== undefined) return { message: same, isNew: false, waiting: others.length };
      if (own.length >= limits.perSender) return 'perSender';
      if (others.length >= limits.perRoom) return 'perRoom';
      const number = (await this.#numbers.update(String(room), (last = 0) => last + 1)) ?? 1;
      await this.#messages.update(room, number, () => message);
      return { message: { ...message, room, number }, isNew: true, waiting: others.length + 1 };
    });
  }

  /** Those of a room with numbers above `after`, in their order. */
  async list(room: number, after = 0, limit = Number.MAX_SAFE_INTEGER): Promise<HeldMessage[]> {
    const page = await this.#messages.list(room, limit, after);
    return page.map(({ number, value }) => ({ ...value, room, number }));
  }

  /** The rooms that have any. */
  async rooms(): Promise<number[]> {
    return (await this.#messages.groups()).map(Number);
  }

  /**
   * Marks a message as approved, and calls `post` with it. Once that returns true, the message is held no longer; otherwise
   * it waits again. If it is interrupted, or `post` throws, the message stays approved: approve it again.
   * @returns whether there was such a message
   */
  approve(
    room: number,
    number: number,
    by: number,
    post: (message: HeldMessage) => Promise<boolean>,
  ): Promise<boolean> {
    return this.#turns.run(room, async () => {
      const message = await this.#messages.update(room, number, (one) => one && { ...one, approvedBy: by });
      if (message === undefined) return false;
      const isDone = await post({ ...message, room, number });
      await this.#messages.update(room, number, (one) => {
        return isDone || one === undefined ? undefined : { ...one, approvedBy: undefined };
      });
      return true;
    });
  }

  /** Takes a message away, unless it has been approved. @returns it; undefined if there is none */
  take(room: number, number: number): Promise<HeldMessage | undefined> {
    return this.#turns.run(room, async () => {
      let taken: Held | undefined;
      await this.#messages.update(room, number, (message) => {
        taken = message?.approvedBy === undefined ? message : undefined;
        return taken === undefined ? message : undefined;
      });
      return taken && { ...taken, room, number };
    });
  }

  /** Takes away those of a room that match, and have not been approved. @returns them */
  async takeAll(room: number, matches: (message: HeldMessage) => boolean): Promise<HeldMessage[]> {
    const taken: HeldMessage[] = [];
    for (const message of await this.list(room)) {
      const one = matches(message) ? await this.take(room, message.number) : undefined;
      if (one !== undefined) taken.push(one);
    }
    return taken;
  }

  /** Drops those of a room that no longer exists. */
  async dropRoom(room: number): Promise<void> {
    await this.takeAll(room, () => true);
    await this.#numbers.delete(String(room));
  }
}
