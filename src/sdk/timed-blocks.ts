import type { SetupContext } from '../host/define.ts';
import type { SteadyClock } from '../kernel/clock.ts';
import type { Blocks } from '../services/blocks.ts';
import { settledTime } from './settled-time.ts';

/** How many blocks are remembered. The oldest are forgotten first, and from then on end by the time of day. */
const KNOWN = 100_000;

/** A block that this process added or has read from the store. */
interface Known {
  /** When it ends according to the store, in milliseconds since 1970. */
  readonly until: number;
  /** When it ends by the monotonic clock. */
  readonly ends: number;
  /** Whether the store has it. */
  stored: boolean;
}

/**
 * Blocks with a duration. While the server runs they end by the monotonic clock, so setting the time of day back does not
 * lengthen them and setting it ahead does not end them. Over a restart the store keeps them, by the time of day.
 */
export class TimedBlocks {
  readonly #blocks: Blocks;
  readonly #clock: SteadyClock;
  readonly #known: Map<string, Known>;
  readonly #longest: number;
  readonly #settled: () => number;

  /**
   * @param context the plugin's set-up context
   * @param longest the longest a block may last, in seconds; blocks from before a restart are cut to it
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

  /** Blocks the pair for so many seconds, replacing an older block. Takes effect at once. @throws when it cannot be stored */
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

  /** How many more seconds the pair is blocked; 0 when it is not. */
  async left(user: string, network: string): Promise<number> {
    // Also one that has ended: another process may have removed or replaced it.
    const until = await this.#blocks.find(user, network, 0);
    const name = nameOf(user, network);
    const now = this.#clock.monotonic();
    const known = this.#known.get(name);
    if (known !== undefined && (known.until === until || !known.stored)) {
      if (known.ends > now) return (known.ends - now) / 1000;
      this.#known.delete(name);
      // If the time of day was set back, the store would let it go on.
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
