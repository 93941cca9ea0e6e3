import { LRU } from 'tiny-lru';
import { z } from 'zod';
import type { SteadyClock } from '../api/clock.ts';
import type { SetupContext } from '../host/define.ts';
import type { Collection, Storage } from '../services/storage.ts';
import { settledTime } from './settled-time.ts';

/** How many blocks are cached. The oldest are dropped first, and from then on expire by the time of day. */
const KNOWN = 100_000;

/** How many stored blocks are checked for expiry when one is added. */
const LOOKED_AT = 20;

/** A block as it is stored: when it ends, in milliseconds since 1970. */
const BLOCK = z.object({ until: z.int() });

type Block = z.infer<typeof BLOCK>;

/** A block that this process added or read from the store. */
interface Known {
  /** When it ends according to the store, in milliseconds since 1970. */
  readonly until: number;
  /** When it ends by the monotonic clock. */
  readonly ends: number;
  /** Whether it was stored. */
  stored: boolean;
}

/**
 * Blocks with a duration, each under a key. While the server runs they expire by the monotonic clock, so that changing the
 * time of day neither lengthens nor ends them. The store keeps them over a restart, by the time of day.
 */
export class TimedBlocks {
  readonly #stored: Collection<Block>;
  readonly #clock: SteadyClock;
  readonly #known: LRU<Known>;
  readonly #longest: number;
  readonly #settled: () => number;
  /** The last stored key that was checked for expiry. */
  #lookedAt: string | undefined;

  /**
   * @param collection the collection that they are stored in
   * @param context the plugin's set-up context
   * @param longest the longest a block may last, in seconds; blocks from before a restart are cut to it
   */
  constructor(
    storage: Storage,
    collection: string,
    { clock, hotState }: Pick<SetupContext<unknown>, 'clock' | 'hotState'>,
    longest = Number.POSITIVE_INFINITY,
  ) {
    this.#stored = storage.open(collection, BLOCK);
    this.#clock = clock;
    this.#known = hotState(`timed-blocks ${collection}`, () => new LRU<Known>(KNOWN));
    this.#longest = longest;
    this.#settled = settledTime(clock);
  }

  /** Adds a block for so many seconds, replacing an older one. Takes effect at once. @throws when it cannot be stored */
  async add(key: string, seconds: number): Promise<void> {
    const until = Math.ceil(this.#clock.now() + seconds * 1000);
    const known = this.#note(key, { until, ends: this.#clock.monotonic() + seconds * 1000, stored: false });
    await this.#stored.set(key, { until });
    known.stored = true;
    await this.#deleteEnded();
  }

  /** Ends a block, if there is one. */
  async remove(key: string): Promise<void> {
    this.#known.delete(key);
    await this.#stored.delete(key);
  }

  /** How many more seconds a block lasts; 0 when there is none. */
  async left(key: string): Promise<number> {
    // Also one that has ended: another process may have removed or replaced it.
    const { until } = (await this.#stored.get(key)) ?? { until: 0 };
    const known = this.#known.peek(key);
    const now = this.#clock.monotonic();
    if (known !== undefined && (known.until === until || !known.stored)) {
      if (known.ends > now) return (known.ends - now) / 1000;
      this.#known.delete(key);
      // If the time of day was set back, the store would let it go on.
      if (until > 0) await this.#stored.delete(key);
      return 0;
    }
    this.#known.delete(key);
    const left = Math.min(until - this.#settled(), this.#longest * 1000);
    if (left <= 0) return 0;
    this.#note(key, { until, ends: now + left, stored: true });
    return left / 1000;
  }

  /** The keys of all stored blocks that begin with a prefix. Some may have ended. */
  async keys(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let page: readonly { readonly key: string }[];
    do {
      page = await this.#stored.list({ prefix, after: keys.at(-1) });
      keys.push(...page.map(({ key }) => key));
    } while (page.length > 0);
    return keys;
  }

  /** Checks the next stored blocks, going round, and deletes those that have expired. */
  async #deleteEnded(): Promise<void> {
    const page = await this.#stored.list({ after: this.#lookedAt, limit: LOOKED_AT });
    this.#lookedAt = page.length < LOOKED_AT ? undefined : page.at(-1)?.key;
    const now = this.#settled();
    const ended = page.filter(({ value }) => value.until <= now);
    const unlessReplaced = (block: Block | undefined) => (block && block.until > now ? block : undefined);
    await Promise.all(ended.map(({ key }) => this.#stored.update(key, unlessReplaced)));
  }

  #note(key: string, known: Known): Known {
    this.#known.set(key, known);
    return known;
  }
}
