import { type Account, type Blocks, type Clock, nameKey } from 'chatserv';

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

  async add({ id, name }: Account, seconds: number): Promise<void> {
    const now = this.#clock.now();
    const until = now + seconds * 1000;
    await this.#blocks.add(nameKey(name), MUTED, until, now);
    this.#until.set(id, until);
  }

  async remove({ id, name }: Account): Promise<void> {
    await this.#blocks.remove(nameKey(name), MUTED);
    this.#until.delete(id);
  }

  /** Before an account that came online says anything. */
  async recall({ id, name }: Account): Promise<void> {
    const until = await this.#blocks.find(nameKey(name), MUTED, this.#clock.now());
    if (until > 0) this.#until.set(id, until);
    else this.#until.delete(id);
  }

  isMuted({ id }: Account): boolean {
    const until = this.#until.get(id);
    if (until === undefined || until > this.#clock.now()) return until !== undefined;
    this.#until.delete(id);
    return false;
  }
}
