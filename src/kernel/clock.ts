/** Where the server's time comes from: the machine's clock, or in tests one that is moved by hand. */
export interface Clock {
  /** The time of day in milliseconds since 1970. An operator or a time server may set it ahead or back. */
  now(): number;
  /**
   * Milliseconds since an arbitrary moment, unaffected by changes of the time of day. Measure durations by it. A clock
   * without it is read by `now`.
   */
  monotonic?(): number;
  /** Calls back once after so many milliseconds; the result calls it off. The timer does not keep the process alive. */
  after(milliseconds: number, call: () => void): () => void;
}

/** A clock with both times; plugins are given one. */
export interface SteadyClock extends Clock {
  monotonic(): number;
}

export const systemClock: SteadyClock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(milliseconds, call) {
    // Timers take 31 bits; what lies further away than 24 days need not fire.
    const timer = setTimeout(call, Math.min(milliseconds, 2 ** 31 - 1)).unref();
    return () => clearTimeout(timer);
  },
};

/** Adds a monotonic time to a clock without one: it advances with the time of day and never goes back. */
export function steady(clock: Clock): SteadyClock {
  if (clock.monotonic !== undefined) return clock as SteadyClock;
  let elapsed = 0;
  let last = clock.now();
  return {
    now: () => clock.now(),
    monotonic() {
      const now = clock.now();
      elapsed += Math.max(0, now - last);
      last = now;
      return elapsed;
    },
    after: (milliseconds, call) => clock.after(milliseconds, call),
  };
}
