/** The server's time: the machine's clock, or in tests a virtual one. */
export interface Clock {
  /** The time of day in milliseconds since 1970. An operator or a time server may set it forward or back. */
  now(): number;
  /**
   * Milliseconds since an arbitrary moment, unaffected by changes to the time of day: measure durations with it. The
   * server derives it from `now` for a clock that lacks it.
   */
  monotonic?(): number;
  /** Calls back once after so many milliseconds; the result cancels that. The timer does not keep the process alive. */
  after(milliseconds: number, call: () => void): () => void;
}

/** A clock with both times, as plugins are given it. */
export interface SteadyClock extends Clock {
  monotonic(): number;
}
