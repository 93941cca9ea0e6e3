import type { Meter as Reading } from '../services/plugins.ts';
import { Histogram } from './histogram.ts';

/** The first calls are all timed, later ones are sampled. */
const FEW = 1000;

/** Counts the calls of one handler or command, its failures, and how long they took. */
export class Meter {
  readonly plugin: string;
  /** The hook, or `command ` and the command's name. */
  readonly what: string;
  calls = 0;
  errors = 0;
  readonly #durations = new Histogram();

  constructor(plugin: string, what: string) {
    this.plugin = plugin;
    this.what = what;
  }

  /**
   * Counts a call.
   * @param sampled one in so many is timed after the first ones; a power of two
   * @returns when it began, in milliseconds, or 0 if it is not timed
   */
  begin(sampled: number): number {
    return this.calls++ < FEW || (this.calls & (sampled - 1)) === 0 ? performance.now() : 0;
  }

  /** Notes the end of a call. @param began what `begin` returned @param waited how much of its time does not count */
  end(began: number, waited = 0): void {
    if (began > 0) this.took(performance.now() - began - waited);
  }

  /** Adds the duration of a call, in milliseconds. */
  took(time: number): void {
    this.#durations.observe(time);
  }

  read(): Reading {
    const { what, calls, errors } = this;
    const { mean, p99 } = this.#durations;
    return { what, calls, errors, mean, p99, spread: this.#durations.snapshot() };
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

  /** The readings of a plugin. */
  read(plugin: string): Reading[] {
    return [...this.#meters.values()].filter((meter) => meter.plugin === plugin).map((meter) => meter.read());
  }
}
