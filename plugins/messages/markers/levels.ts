import { type Storage, z } from 'chatserv';

/** What a user wants to be notified of in a room, from most to least. */
export const LEVELS = ['all', 'mentions', 'nothing'] as const;

export type Level = (typeof LEVELS)[number];

/** The levels of an account, by room. Rooms without one have the level `all`. */
export type Levels = ReadonlyMap<number, Level>;

/** The notification levels of accounts, which the store keeps. */
export class NotificationLevels {
  readonly #collection;
  readonly #most: number;

  /** @param most for how many rooms an account can have a level other than `all` */
  constructor(storage: Storage, most: number) {
    this.#collection = storage.open('notification-levels', z.record(z.string(), z.enum(['mentions', 'nothing'])));
    this.#most = most;
  }

  async of(account: number): Promise<Levels> {
    const stored = Object.entries((await this.#collection.get(String(account))) ?? {});
    return new Map(stored.map(([room, level]) => [Number(room), level]));
  }

  /** @returns false if the account has levels for too many rooms */
  async set(account: number, room: number, level: Level): Promise<boolean> {
    let isFull = false;
    await this.#collection.update(String(account), (before = {}) => {
      const { [room]: _, ...others } = before;
      isFull = level !== 'all' && Object.keys(others).length >= this.#most;
      if (isFull) return before;
      const after = level === 'all' ? others : { ...others, [room]: level };
      return Object.keys(after).length > 0 ? after : undefined;
    });
    return !isFull;
  }

  /** Forgets a removed account. */
  forget(account: number): Promise<void> {
    return this.#collection.delete(String(account));
  }
}
