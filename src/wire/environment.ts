import type { SteadyClock } from '../api/clock.ts';
import type { Message } from '../api/message.ts';

/** Counts the traffic of all clients together. */
export interface TrafficCounters {
  bytesReceived: number;
  bytesSent: number;
  /** Messages written to a transport, once for each recipient. */
  deliveries: number;
  /** A transport took these messages. */
  taken(messages: readonly Message[]): void;
  countLimitHit(limit: string): void;
}

/** The limits on one client's lines. */
export interface LineLimits {
  /** The longest line, in bytes, terminator included. */
  readonly lineBytes: number;
  /** How much input is buffered before reading pauses, in bytes. */
  readonly inputBytes: number;
}

/**
 * What to do with a line: run it, answer that it exceeds one of the two rates, or close a client that keeps exceeding
 * them.
 */
export type Judgement = 'run' | 'lines-per-second' | 'bytes-per-second' | 'too-fast';

/** Holds one client to its rates. Times are monotonic milliseconds. */
export interface RateLimiter {
  /** Counts received bytes. @returns false for a client that has to be closed */
  receive(bytes: number, now: number): boolean;
  /** Counts a line, whose bytes were counted when they came. */
  line(now: number): Judgement;
  /** Refunds the last line and so many bytes. */
  giveBack(bytes: number): void;
}

/** A protocol that is not spoken here. */
export type ForeignProtocol = 'http' | 'tls';

/** What the host provides for reading lines. */
export interface LineEnvironment {
  readonly clock: SteadyClock;
  readonly counters: TrafficCounters;
  /** Makes the rate limiter of a new client. */
  rateLimiter(): RateLimiter;
  /**
   * Detects from the first bytes of a connection whether the client speaks another protocol.
   * @param longest the longest line, in bytes
   * @returns the protocol; undefined for none; `open` while more bytes are needed
   */
  foreignProtocol(bytes: Buffer, longest: number): ForeignProtocol | 'open' | undefined;
}
