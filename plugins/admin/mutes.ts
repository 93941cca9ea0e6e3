import type { Account, SteadyClock, TimedBlocks } from 'chatserv';

/** Muted accounts. Stored, and cached for those online: every message checks. */
export class Mutes {
  readonly #timed: TimedBlocks;
  readonly #clock: SteadyClock;
  /** When mutes end, in monotonic milliseconds. */
  readonly #until = new Map<number, number>();

  constructor(timed: TimedBlocks, clock: SteadyClock) {
    this.#timed = timed;
    this.#clock = clock;
  }

  async add(account: Account, seconds: number): Promise<void> {
    await this.#timed.add(String(account.id), seconds);
    this.#note(account, seconds);
  }

  async remove(account: Account): Promise<void> {
    await this.#timed.remove(String(account.id));
    this.#until.delete(account.id);
  }

  /** Loads the mute of an account that has come online, before it can send anything. */
  async recall(account: Account): Promise<void> {
    const seconds = await this.#timed.left(String(account.id));
    if (seconds > 0) this.#note(account, seconds);
    else this.#until.delete(account.id);
  }

  isMuted({ id }: Account): boolean {
    const until = this.#until.get(id);
    if (until === undefined || until > this.#clock.monotonic()) return until !== undefined;
    this.#until.delete(id);
    return false;
  }

  #note({ id }: Account, seconds: number): void {
    this.#until.set(id, this.#clock.monotonic() + seconds * 1000);
  }
}
