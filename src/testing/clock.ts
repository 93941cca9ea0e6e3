import type { SteadyClock } from '../index.ts';

/** A clock that stands still until a test advances it. */
export class VirtualClock implements SteadyClock {
  #elapsed = 0;
  /** The time of day at the start. */
  #start = Date.UTC(2026, 0, 1);
  #timers: { readonly at: number; readonly call: () => void }[] = [];

  /** The time of day in milliseconds since 1970; it begins at 2026-01-01T00:00:00Z. */
  now(): number {
    return this.#start + this.#elapsed;
  }

  /** The time that has passed, in milliseconds. */
  monotonic(): number {
    return this.#elapsed;
  }

  /** Calls back once so much time has passed. @returns cancels that */
  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Advances by so many seconds, and runs the timers that fall due in order, including those set meanwhile. */
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

  /** Sets the time of day forward or back by so many seconds, as an operator or a time server does. No time passes. */
  shift(seconds: number): void {
    this.#start += seconds * 1000;
  }

  #next(end: number): { readonly at: number; readonly call: () => void } | undefined {
    return this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}
