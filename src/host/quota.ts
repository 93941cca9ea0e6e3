import { LRU } from 'tiny-lru';
import { TokenBucket } from './token-bucket.ts';

/** How many keys are remembered; the least recently used ones are dropped first. */
const KEYS = 100_000;

/** Amounts below this count as zero, since they are computed in floating point. */
const NOISE = 1e-9;

/** What a quota allows: `most` at once, and as many again per `time`. */
export interface QuotaRule {
  readonly most: number;
  /** In seconds. */
  readonly time: number;
}

/**
 * Counts uses by key, such as logins by network, against a rule. `quota` of a plugin's set-up makes one that outlives
 * reloads, so the rule comes with each call. Its memory is bounded, whatever the keys are.
 */
export class Quota {
  readonly #used = new LRU<TokenBucket>(KEYS);

  /**
   * Takes one of a key's quota.
   * @param now `clock.monotonic()`
   * @returns 0, or, if nothing was left to take, the whole seconds until there is
   */
  take(key: string, rule: QuotaRule, now: number): number {
    const wait = this.wait(key, rule, now);
    if (wait === 0) this.add(key, 1, rateOf(rule), now);
    return wait;
  }

  /** In how many whole seconds a key has something left; 0 if it has now. */
  wait(key: string, rule: QuotaRule, now: number): number {
    const used = this.#used.peek(key)?.taken(rateOf(rule), now) ?? 0;
    const over = used + 1 - rule.most;
    return over > NOISE ? Math.ceil(((over - NOISE) * rule.time) / rule.most) : 0;
  }

  /** Gives back one that was taken. */
  giveBack(key: string): void {
    this.subtract(key, 1);
  }

  /** Counts an amount as taken, whether or not it was left. @param rate how many come back per second */
  protected add(key: string, amount: number, rate: number, now: number): void {
    const used = this.#used.peek(key) ?? new TokenBucket(now);
    used.take(amount, rate, now);
    this.#used.set(key, used);
  }

  /** @returns whether anything of that key was taken before */
  protected subtract(key: string, amount: number): boolean {
    const used = this.#used.peek(key);
    used?.giveBack(amount);
    return used !== undefined;
  }
}

/** How many come back per second. */
export function rateOf({ most, time }: QuotaRule): number {
  return most / time;
}
