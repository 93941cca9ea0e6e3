import type { SteadyClock } from '../index.ts';

/** A clock that stands still until a test advances it. */
export class VirtualClock implements SteadyClock {
  #elapsed = 0;
  /** The time of day at the start. */
  #start = Date.UTC(2026, 0, 1);
  #timers: { readonly at: number; readonly call: () => void }[] = [];

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Advances by so many seconds and runs the timers that fall due, in order, also ones set meanwhile. */
  advance(seconds: number): void {
    const end = this.#elapsed + seconds * 1000;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#elapsed = Math.max(this.#elapsed, timer.at);
      const due = timer;
      this.#timers = this.#timers.filter((other) => other !== due);
      due.call();
    }
    this.#elapsed = end;
  }

  /** Changes the time of day by so many seconds, as an operator or a time server does: no time passes. */
  shift(seconds: number): void {
    this.#start += seconds * 1000;
  }

  #next(end: number): { readonly at: number; readonly call: () => void } | undefined {
    return this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}
