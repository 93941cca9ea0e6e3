/** Where the server's time comes from: the machine's clock, or in tests one that is moved by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; the result calls it off. The timer does not keep the process alive. */
  after(milliseconds: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, call) {
    // Timers take 31 bits; what lies further away than 24 days need not fire.
    const timer = setTimeout(call, Math.min(milliseconds, 2 ** 31 - 1)).unref();
    return () => clearTimeout(timer);
  },
};
