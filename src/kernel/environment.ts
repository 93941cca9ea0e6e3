import type { Account, AccountState } from '../api/account.ts';
import type { SteadyClock } from '../api/clock.ts';
import type { Logger } from '../api/logger.ts';
import type { Message } from '../api/message.ts';
import type { ClientSession } from './client-session.ts';

/** Counts what happens in all sessions together. */
export interface Counters {
  bytesReceived: number;
  bytesSent: number;
  /** Messages that were sent; refused ones and retries don't count. */
  posted: number;
  /** Messages written to a transport, once for each recipient. */
  deliveries: number;
  /** A message became durable so many milliseconds after it was posted. */
  kept(milliseconds: number): void;
  /** A message is about to be delivered to its recipients online. */
  given(message: Message): void;
  /** A transport took these messages. */
  taken(messages: readonly Message[]): void;
  countLimitHit(limit: string): void;
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

/** The origin of a connection. */
export interface ClientPlace {
  /** The IP address in its shortest form, or the transport's word where it has none. */
  readonly address: string;
  /** The network that limits apply to: the IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
}

/** A protocol that is not spoken here. */
export type ForeignProtocol = 'http' | 'tls';

/** The accounts that logins depend on. */
export interface LoginAccounts {
  /** Whether an account was removed while the server ran. */
  isRemoved(account: number): boolean;
  /**
   * Reads an account and sets it as the session's `basis`, so that changes to it expire the login.
   * @throws when it cannot be read
   */
  track(session: ClientSession, account: Account): Promise<AccountState | undefined>;
}

/** What the host provides to its kernel. */
export interface KernelEnvironment {
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly accounts: LoginAccounts;
  /** @param address as the transport gave it */
  locate(address: string): ClientPlace;
  /** Whether the limits per network don't apply to an address: it is exempt, or no IP address. */
  isExempt(address: string): boolean;
  /** Makes the rate limiter of a new session. */
  rateLimiter(): RateLimiter;
  /**
   * Detects from the first bytes of a connection whether the client speaks another protocol.
   * @param longest the longest line, in bytes
   * @returns the protocol; undefined for none; `open` while more bytes are needed
   */
  foreignProtocol(bytes: Buffer, longest: number): ForeignProtocol | 'open' | undefined;
}
