import type { Meter as Reading } from '../contracts/plugins.ts';

/** Buckets of durations: each is a quarter of a doubling wide, the first begins at a microsecond. */
const BUCKETS = 100;

/** After so many calls not every one is timed any more. */
const FEW = 1000;

/** Counts the calls of one handler or command, its failures, and how long they took. */
export class Meter {
  readonly plugin: string;
  /** The hook, or the command with `command ` before it. */
  readonly what: string;
  calls = 0;
  errors = 0;
  #timed = 0;
  #sum = 0;
  readonly #buckets = new Uint32Array(BUCKETS);

  constructor(plugin: string, what: string) {
    this.plugin = plugin;
    this.what = what;
  }

  /**
   * Counts a call.
   * @param sampled of how many, once there were many, one is timed; a power of two
   * @returns when it began, in milliseconds, or 0 when it is not timed
   */
  begin(sampled: number): number {
    return this.calls++ < FEW || (this.calls & (sampled - 1)) === 0 ? performance.now() : 0;
  }

  /** Notes the end of a call. @param began what `begin` gave for it */
  end(began: number): void {
    if (began > 0) this.took(performance.now() - began);
  }

  /** Notes how long a call took, in milliseconds. */
  took(time: number): void {
    this.#timed++;
    this.#sum += time;
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(4 * Math.log2(time * 1000))));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  read(): Reading {
    const { what, calls, errors } = this;
    return { what, calls, errors, mean: this.#timed === 0 ? 0 : this.#sum / this.#timed, p99: this.#p99() };
  }

  /** The upper bound of the bucket in which the 99th percentile lies, in milliseconds. */
  #p99(): number {
    let left = Math.ceil(this.#timed * 0.99);
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count;
      if (count > 0 && left <= 0) return 2 ** (bucket / 4) / 1000;
    }
    return 0;
  }
}

/** The meters of all plugins that were ever live. */
export class Meters {
  readonly #meters = new Map<string, Meter>();

  of(plugin: string, what: string): Meter {
    const key = `${plugin} ${what}`;
    const meter = this.#meters.get(key) ?? new Meter(plugin, what);
    this.#meters.set(key, meter);
    return meter;
  }

  /** What was counted of a plugin. */
  read(plugin: string): Reading[] {
    return [...this.#meters.values()].filter((meter) => meter.plugin === plugin).map((meter) => meter.read());
  }
}
