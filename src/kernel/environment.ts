import type { SteadyClock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Message } from './message.ts';

/** Counts what happens in all sessions together. */
export interface Counters {
  bytesReceived: number;
  bytesSent: number;
  /** Messages written to a transport, once for each recipient. */
  deliveries: number;
  /** A message is durable so many milliseconds after it was posted. */
  kept(milliseconds: number): void;
  /** A message is about to be delivered to those online. */
  given(message: Message): void;
  /** A transport took these messages. */
  taken(messages: readonly Message[]): void;
  /** Counts that a limit was hit. */
  countLimitHit(limit: string): void;
}

/** What becomes of a line: it is run, refused for one of the two rates, or its client has gone on for too long. */
export type Judgement = 'run' | 'lines-per-second' | 'bytes-per-second' | 'too-fast';

/** Holds one client to its rates. Times are monotonic milliseconds. */
export interface RateLimiter {
  /** Counts bytes that came. @returns whether the client may go on */
  receive(bytes: number, now: number): boolean;
  /** Counts a line, and says what becomes of it. Its bytes were counted when they came. */
  line(now: number): Judgement;
  /** Takes back what was counted for the last line and so many bytes. */
  giveBack(bytes: number): void;
}

/** Where a client is. */
export interface ClientPlace {
  /** The IP address in its shortest form, or the transport's word where it has none. */
  readonly address: string;
  /** What of the address counts as one place: the IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
}

/** A protocol that is not spoken here. */
export type ForeignProtocol = 'http' | 'tls';

/** What the host gives its kernel. */
export interface KernelEnvironment {
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** @param address as the transport gave it */
  locate(address: string): ClientPlace;
  /** Whether the limits per network do not hold for an address: it is exempt, or no IP address. */
  isExempt(address: string): boolean;
  /** Makes the rate limiter of a new session. */
  rateLimiter(): RateLimiter;
  /**
   * Tells from the first bytes of a connection whether the client speaks another protocol.
   * @param longest the longest line, in bytes
   * @returns the protocol, undefined where it is none, `open` while more bytes are needed
   */
  foreignProtocol(bytes: Buffer, longest: number): ForeignProtocol | 'open' | undefined;
}
