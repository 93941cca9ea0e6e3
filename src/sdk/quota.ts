/** How many keys are remembered; those that nothing was taken from for longest are forgotten first. */
const KEYS = 100_000;

/** How much of one counts as none, for what is left is computed in floating point. */
const NOISE = 1e-9;

/** What a quota allows: so much at once, and as much again within a time. */
export interface QuotaRule {
  readonly most: number;
  /** In seconds. */
  readonly time: number;
}

/**
 * How much of something has been done under each key: logins from a network, say. A plugin keeps it over reloads
 * (`keep`), so the rule is given with each call. Its memory is bounded, whatever the keys are.
 */
export class Quota {
  readonly #used = new Map<string, { readonly amount: number; readonly at: number }>();
  /** Stays where it is between calls: one that begins anew has to pass by all that was forgotten since the last rehash. */
  #oldest = this.#used.keys();

  /**
   * Takes one from what is left of a key.
   * @param now `clock.monotonic()`
   * @returns 0, or, where nothing is left and nothing was taken, in how many whole seconds there is
   */
  take(key: string, rule: QuotaRule, now: number): number {
    const wait = this.wait(key, rule, now);
    if (wait > 0) return wait;
    const amount = this.#amount(key, rule, now) + 1;
    this.#used.delete(key);
    this.#used.set(key, { amount, at: now });
    if (this.#used.size > KEYS) this.#forgetOldest();
    return 0;
  }

  /** In how many whole seconds there is something left of a key; 0 where there is now. */
  wait(key: string, rule: QuotaRule, now: number): number {
    const over = this.#amount(key, rule, now) + 1 - rule.most;
    return over > NOISE ? Math.ceil(((over - NOISE) * rule.time) / rule.most) : 0;
  }

  /** Gives one back that was taken from a key. */
  giveBack(key: string): void {
    const used = this.#used.get(key);
    if (used !== undefined) this.#used.set(key, { ...used, amount: used.amount - 1 });
  }

  #forgetOldest(): void {
    let { value: oldest } = this.#oldest.next();
    if (oldest === undefined) {
      this.#oldest = this.#used.keys();
      oldest = this.#oldest.next().value;
    }
    if (oldest !== undefined) this.#used.delete(oldest);
  }

  #amount(key: string, { most, time }: QuotaRule, now: number): number {
    const used = this.#used.get(key);
    if (used === undefined) return 0;
    // By a clock that was put back it would stay used up until that clock is where it was.
    if (now < used.at) this.#used.set(key, { ...used, at: now });
    return Math.max(0, used.amount - (Math.max(0, now - used.at) / 1000) * (most / time));
  }
}
