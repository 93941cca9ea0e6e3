import type { Entry, MessageLog } from 'chatserv';
import { isAtLeast, roleOf } from './policy.ts';

/** How many members are read at a time. */
const PAGE = 500;

/** Who moderates or owns a room. A room's members are read once, when someone first asks; then it follows the log. */
export class Moderators {
  readonly #log: MessageLog;
  readonly #rooms = new Map<number, Promise<Set<number>>>();

  constructor(log: MessageLog) {
    this.#log = log;
  }

  /** The ids of a room's moderators and owners. @throws when the log cannot be read */
  async of(room: number): Promise<readonly number[]> {
    const known = this.#rooms.get(room) ?? this.#keep(room, this.#read(room));
    return [...(await known)];
  }

  /** Applies an entry of the log. @param about the account that an entry of kind `room` is about */
  note({ kind, room, sender }: Entry, about: number | undefined): void {
    const known = this.#rooms.get(room);
    if (known === undefined) return;
    if (kind === 'room' && about !== undefined) this.#check(room, known, about);
    else if (kind === 'join' || kind === 'leave') this.#check(room, known, sender);
  }

  /** A room no longer exists. */
  drop(room: number): void {
    this.#rooms.delete(room);
  }

  #check(room: number, known: Promise<Set<number>>, account: number): void {
    const checked = known.then(async (moderators) => {
      const member = await this.#log.member(room, account);
      if (member !== undefined && isAtLeast(roleOf(member.role), 'moderator')) moderators.add(account);
      else moderators.delete(account);
      return moderators;
    });
    this.#keep(room, checked);
  }

  /** Remembers what is being read, and forgets it if that fails, so that the next question reads it again. */
  #keep(room: number, reading: Promise<Set<number>>): Promise<Set<number>> {
    this.#rooms.set(room, reading);
    reading.catch(() => {
      if (this.#rooms.get(room) === reading) this.#rooms.delete(room);
    });
    return reading;
  }

  async #read(room: number): Promise<Set<number>> {
    const moderators = new Set<number>();
    let after = 0;
    for (;;) {
      const page = await this.#log.members(room, after, PAGE);
      for (const { account, role } of page) if (isAtLeast(roleOf(role), 'moderator')) moderators.add(account);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return moderators;
      after = last.account;
    }
  }
}
