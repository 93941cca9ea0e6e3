/** How many members of a room are remembered before those who need not wait any more are forgotten. */
const SWEEP = 1000;

/** When members of rooms in slow mode last posted. Kept in memory: after a restart nobody has to wait. */
export class SlowMode {
  /** By room and account, in milliseconds of the monotonic clock. */
  readonly #last = new Map<number, Map<number, number>>();

  /**
   * Takes an account's turn to post.
   * @param seconds the time between two messages
   * @returns 0, or the whole seconds until the next turn, which is then not taken
   */
  take(room: number, account: number, seconds: number, now: number): number {
    const last = this.#last.get(room)?.get(account);
    const wait = last === undefined ? 0 : last + seconds * 1000 - now;
    if (wait > 0) return Math.ceil(wait / 1000);
    this.note(room, account, now);
    this.#sweep(room, now - seconds * 1000);
    return 0;
  }

  /** Gives a turn back that was taken for a message that was not sent. */
  giveBack(room: number, account: number): void {
    this.#last.get(room)?.delete(account);
  }

  /** Notes a message, which may have been posted in another process. */
  note(room: number, account: number, now: number): void {
    const members = this.#last.get(room);
    if (members === undefined) this.#last.set(room, new Map([[account, now]]));
    else members.set(account, now);
  }

  /** Forgets a room that is no longer in slow mode. */
  drop(room: number): void {
    this.#last.delete(room);
  }

  #sweep(room: number, before: number): void {
    const members = this.#last.get(room);
    if (members === undefined || members.size % SWEEP !== 0) return;
    for (const [account, last] of members) if (last <= before) members.delete(account);
  }
}
