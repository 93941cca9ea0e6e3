import type { TimedBlocks } from 'chatserv';

/** Accounts that something in a room applies to for a time: bans, mutes or invitations. */
export class RoomBlocks {
  readonly #timed: TimedBlocks;

  constructor(timed: TimedBlocks) {
    this.#timed = timed;
  }

  /** Adds an account for so many seconds, or replaces its time. */
  async add(room: number, account: number, seconds: number): Promise<void> {
    // First: only this one counts, and the other finds it.
    await this.#timed.add(byAccount(account, room), seconds);
    await this.#timed.add(byRoom(room, account), seconds);
  }

  /** The seconds left for an account; 0 if there are none. */
  left(room: number, account: number): Promise<number> {
    return this.#timed.left(byRoom(room, account));
  }

  async remove(room: number, account: number): Promise<void> {
    await this.#timed.remove(byRoom(room, account));
    await this.#timed.remove(byAccount(account, room));
  }

  /** The accounts of a room, by id. */
  async accountsOf(room: number): Promise<number[]> {
    const accounts = await this.#secondsOf(byRoom(room, ''));
    const left = await Promise.all(accounts.map((account) => this.left(room, account)));
    return accounts.filter((_, index) => (left[index] ?? 0) > 0).sort((a, b) => a - b);
  }

  /** The rooms of an account. */
  async roomsOf(account: number): Promise<number[]> {
    const rooms = await this.#secondsOf(byAccount(account, ''));
    const left = await Promise.all(rooms.map((room) => this.left(room, account)));
    return rooms.filter((_, index) => (left[index] ?? 0) > 0);
  }

  /** Removes all accounts of a room. */
  async removeRoom(room: number): Promise<void> {
    for (const account of await this.#secondsOf(byRoom(room, ''))) await this.remove(room, account);
  }

  /** Removes an account from all rooms. */
  async removeAccount(account: number): Promise<void> {
    for (const room of await this.#secondsOf(byAccount(account, ''))) await this.remove(room, account);
  }

  /** The second ids of the keys with this prefix. Some may have expired. */
  async #secondsOf(prefix: string): Promise<number[]> {
    const keys = await this.#timed.keys(prefix);
    return keys.map((key) => Number(key.slice(prefix.length)));
  }
}

function byRoom(room: number, account: number | ''): string {
  return `room:${room} ${account}`;
}

function byAccount(account: number, room: number | ''): string {
  return `account:${account} ${room}`;
}
