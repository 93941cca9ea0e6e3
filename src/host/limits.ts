import type { SessionLimits } from '../kernel/limits.ts';
import type { RateLimits } from './rate-limiter.ts';

/** What one client may cost, and how long things may take. */
export interface Limits extends SessionLimits, RateLimits {
  /** Networks for whose clients no limit per network holds: addresses, or networks in CIDR notation. */
  readonly exempt: readonly string[];
  /** How long a plugin's handler or command may take, in milliseconds; waiting for a client's answer does not count. */
  readonly handlerTime: number;
  /** How often a plugin may fail within `quarantineTime` before it is not called any more; 0 lets it fail on. */
  readonly quarantineAfter: number;
  /** The time within which failures are counted, in milliseconds. */
  readonly quarantineTime: number;
  /** How long a plugin may keep the event loop from everyone else before it is named in the log, in milliseconds. */
  readonly blockTime: number;
  /**
   * How long a plugin's module, its options, its set-up and its start may each take, in milliseconds. The set-up of a
   * standard plugin is not held to it: a store may have to bring many messages up to date.
   */
  readonly setupTime: number;
  /** How long a plugin's stop and its dispose may each take, in milliseconds, before all goes on without it. */
  readonly stopTime: number;
  /** How long a server that is told to stop may take in all, in milliseconds, before it ends as it is. */
  readonly shutdownTime: number;
  /** How long the event loop may be held up, in milliseconds, before the process is killed; 0 is for ever. */
  readonly hangTime: number;
}

export const LIMITS: Limits = {
  exempt: ['127.0.0.0/8', '::1/128'],
  lineBytes: 4096,
  inputBytes: 64 * 1024,
  outboxBytes: 1024 * 1024,
  unacknowledged: 1000,
  commandsUnderWay: 32,
  linesPerSecond: 10,
  lineBurst: 300,
  bytesPerSecond: 10_000,
  byteBurst: 200_000,
  loginLines: 100,
  passwordAttempts: 3,
  handlerTime: 5_000,
  quarantineAfter: 0,
  quarantineTime: 60_000,
  blockTime: 500,
  setupTime: 15_000,
  stopTime: 3_000,
  shutdownTime: 15_000,
  hangTime: 30_000,
  drainTime: 5_000,
  closeTime: 2_000,
};
