import type { SteadyClock } from '../api/clock.ts';
import type { Quotas, QuotaUse } from '../services/quotas.ts';
import type { SetupContext } from './define.ts';
import { Quota, type QuotaRule, rateOf } from './quota.ts';

/** Told how much was taken of a key. */
type Used = (key: string, amount: number, rate: number) => void;

/** A quota of which other servers count the uses too. */
class SharedQuota extends Quota {
  readonly #used: Used;

  constructor(used: Used) {
    super();
    this.#used = used;
  }

  override take(key: string, rule: QuotaRule, now: number): number {
    const wait = super.take(key, rule, now);
    if (wait === 0) this.#used(key, 1, rateOf(rule));
    return wait;
  }

  override giveBack(key: string): void {
    if (this.subtract(key, 1)) this.#used(key, -1, 0);
  }

  /** Counts a use on another server. */
  note({ key, amount, rate }: QuotaUse, now: number): void {
    if (amount > 0) this.add(key, amount, rate, now);
    else this.subtract(key, -amount);
  }
}

/** The quotas of all plugins by name. */
export class SharedQuotas implements Quotas {
  readonly #clock: SteadyClock;
  readonly #quotas = new Map<string, SharedQuota>();
  readonly #followers = new Set<{ used(use: QuotaUse): void }>();

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  /** Makes the quota of that name. */
  open(name: string): Quota {
    const quota = new SharedQuota((key, amount, rate) => {
      for (const { used } of this.#followers) used({ quota: name, key, amount, rate });
    });
    this.#quotas.set(name, quota);
    return quota;
  }

  /** Counts nothing for a quota any more. */
  close(name: string, quota: Quota): void {
    // A plugin that was switched off and on again may have another one by now.
    if (this.#quotas.get(name) === quota) this.#quotas.delete(name);
  }

  follow(used: (use: QuotaUse) => void): () => void {
    const follower = { used };
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  note(use: QuotaUse): void {
    this.#quotas.get(use.quota)?.note(use, this.#clock.monotonic());
  }
}

/** Makes the `quota` of a plugin's set-up. */
export function quotasOf(
  plugin: string,
  quotas: SharedQuotas,
  hotState: SetupContext<unknown>['hotState'],
): SetupContext<unknown>['quota'] {
  return (name) => {
    const full = `${plugin} ${name}`;
    const open = () => quotas.open(full);
    return hotState(`quota ${name}`, open, (quota) => quotas.close(full, quota));
  };
}
