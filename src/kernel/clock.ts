/** Where the server's time comes from: the machine's clock, or in tests one that is moved by hand. */
export interface Clock {
  /** Milliseconds since 1970: the time of day, which the machine's operator or its time server may set ahead or back. */
  now(): number;
  /**
   * Milliseconds since some moment, that go forward evenly whatever becomes of the time of day: what durations are
   * measured by. A clock that lacks it goes by `now`.
   */
  monotonic?(): number;
  /** Calls back once after so many milliseconds; the result calls it off. The timer does not keep the process alive. */
  after(milliseconds: number, call: () => void): () => void;
}

/** A clock that has both times, as plugins are given it. */
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

/** A clock with both times. One that has no monotonic time gets one that its time of day moves forward only. */
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
