import type { Account, Blocks, Clock } from 'chatserv';
import { accountKey, oldKey } from './keys.ts';

/** Stands where the network of a login that is blocked would; none is called so. */
const MUTED = '#muted';

/** Who may not say anything for a while. Stored, and held in memory for those online: each message asks. */
export class Mutes {
  readonly #blocks: Blocks;
  readonly #clock: Clock;
  readonly #until = new Map<number, number>();

  constructor(blocks: Blocks, clock: Clock) {
    this.#blocks = blocks;
    this.#clock = clock;
  }

  async add(account: Account, seconds: number): Promise<void> {
    const now = this.#clock.now();
    const until = now + seconds * 1000;
    await this.#blocks.add(accountKey(account), MUTED, until, now);
    this.#until.set(account.id, until);
  }

  async remove(account: Account): Promise<void> {
    for (const key of [accountKey(account), oldKey(account)]) await this.#blocks.remove(key, MUTED);
    this.#until.delete(account.id);
  }

  /** Before an account that came online says anything. */
  async recall(account: Account): Promise<void> {
    const now = this.#clock.now();
    const until = await this.#blocks.find(accountKey(account), MUTED, now);
    const old = await this.#blocks.find(oldKey(account), MUTED, now);
    if (until > 0 || old > 0) this.#until.set(account.id, Math.max(until, old));
    else this.#until.delete(account.id);
  }

  isMuted({ id }: Account): boolean {
    const until = this.#until.get(id);
    if (until === undefined || until > this.#clock.now()) return until !== undefined;
    this.#until.delete(id);
    return false;
  }
}
