import type { Account, SteadyClock, TimedBlocks } from 'chatserv';
import { accountKey, oldKey } from './keys.ts';

/** Stands where the network of a login that is blocked would; none is called so. */
const MUTED = '#muted';

/** Who may not say anything for a while. Stored, and held in memory for those online: each message asks. */
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
    await this.#timed.add(accountKey(account), MUTED, seconds);
    this.#note(account, seconds);
  }

  async remove(account: Account): Promise<void> {
    for (const key of [accountKey(account), oldKey(account)]) await this.#timed.remove(key, MUTED);
    this.#until.delete(account.id);
  }

  /** Before an account that came online says anything. */
  async recall(account: Account): Promise<void> {
    const [left, old] = await Promise.all(
      [accountKey(account), oldKey(account)].map((key) => this.#timed.left(key, MUTED)),
    );
    const seconds = Math.max(left ?? 0, old ?? 0);
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
