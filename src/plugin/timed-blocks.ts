import type { Blocks } from '../contracts/blocks.ts';
import type { SteadyClock } from '../kernel/clock.ts';
import { settledTime } from '../kernel/settled-time.ts';
import type { SetupContext } from './define.ts';

/** How many blocks are remembered; the oldest are forgotten first, and then go by the time of day. */
const KNOWN = 100_000;

/** A block that this process began, or has found in the store. */
interface Known {
  /** Until when the store has it, in milliseconds since 1970. */
  readonly until: number;
  /** When it ends by the monotonic clock. */
  readonly ends: number;
  /** Whether the store has it. */
  stored: boolean;
}

/**
 * Blocks that last for a time. While the server runs they go by the monotonic clock, so that a time of day that is set
 * back lengthens none, and one that is set ahead ends none. The store keeps them over a restart, by the time of day.
 */
export class TimedBlocks {
  readonly #blocks: Blocks;
  readonly #clock: SteadyClock;
  readonly #known: Map<string, Known>;
  readonly #longest: number;
  readonly #settled: () => number;

  /**
   * @param context what the plugin's set-up was given
   * @param longest how long one lasts at most, in seconds, whatever the store says of those from before a restart
   */
  constructor(
    blocks: Blocks,
    { clock, keep }: Pick<SetupContext<unknown>, 'clock' | 'keep'>,
    longest = Number.POSITIVE_INFINITY,
  ) {
    this.#blocks = blocks;
    this.#clock = clock;
    this.#known = keep('timed-blocks', () => new Map<string, Known>());
    this.#longest = longest;
    this.#settled = settledTime(clock);
  }

  /** Blocks the pair for so many seconds from now, in place of an older block. It counts at once. @throws when it cannot be stored */
  async add(user: string, network: string, seconds: number): Promise<void> {
    const until = Math.ceil(this.#clock.now() + seconds * 1000);
    const known = this.#note(user, network, { until, ends: this.#clock.monotonic() + seconds * 1000, stored: false });
    await this.#blocks.add(user, network, until, this.#settled());
    known.stored = true;
  }

  /** Ends the block of the pair, if there is one. */
  async remove(user: string, network: string): Promise<void> {
    this.#known.delete(nameOf(user, network));
    await this.#blocks.remove(user, network);
  }

  /** For how many seconds the pair is blocked yet; 0 when it is not. */
  async left(user: string, network: string): Promise<number> {
    // Whenever it ends: another process may have ended it, or begun another one.
    const until = await this.#blocks.find(user, network, 0);
    const name = nameOf(user, network);
    const now = this.#clock.monotonic();
    const known = this.#known.get(name);
    if (known !== undefined && (known.until === until || !known.stored)) {
      if (known.ends > now) return (known.ends - now) / 1000;
      this.#known.delete(name);
      // By a time of day that was set back the store would have it go on.
      if (until > 0) await this.#blocks.remove(user, network);
      return 0;
    }
    this.#known.delete(name);
    const left = Math.min(until - this.#settled(), this.#longest * 1000);
    if (until === 0 || left <= 0) return 0;
    this.#note(user, network, { until, ends: now + left, stored: true });
    return left / 1000;
  }

  #note(user: string, network: string, known: Known): Known {
    const name = nameOf(user, network);
    this.#known.delete(name);
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}

function nameOf(user: string, network: string): string {
  return JSON.stringify([user, network]);
}
