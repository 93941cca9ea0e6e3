import type { SessionLimits } from '../kernel/environment.ts';
import type { RateLimits } from './rate-limiter.ts';

/** Limits on clients and on times. */
export interface Limits extends SessionLimits, RateLimits {
  /** Addresses and networks (CIDR) that are exempt from limits per network. */
  readonly exempt: readonly string[];
  /** How long a plugin's handler or command may take, in milliseconds, not counting waits for a client's answer. */
  readonly handlerTime: number;
  /** After how many failures within `quarantineTime` a plugin is no longer called; 0 is never. */
  readonly quarantineAfter: number;
  /** The period in which failures are counted, in milliseconds. */
  readonly quarantineTime: number;
  /** How long a plugin may block the event loop before it is named in the log, in milliseconds. */
  readonly eventLoopStall: number;
  /**
   * How long a plugin's module, options, set-up and start may each take, in milliseconds. The set-up of a standard plugin
   * has no limit, since a store may have to migrate many messages.
   */
  readonly setupTime: number;
  /** How long a plugin's stop and dispose may each take, in milliseconds, before the server continues without waiting. */
  readonly stopTime: number;
  /** How long the server may take to stop, in milliseconds, before it exits anyway. */
  readonly shutdownTime: number;
  /** How long the event loop may be blocked, in milliseconds, before the process is killed; 0 is for ever. */
  readonly hangTime: number;
}

export const LIMITS: Limits = {
  exempt: ['127.0.0.0/8', '::1/128'],
  lineBytes: 4096,
  inputBytes: 64 * 1024,
  outboxBytes: 1024 * 1024,
  unacknowledged: 1000,
  commandsUnderWay: 64,
  linesPerSecond: 10,
  lineBurst: 300,
  bytesPerSecond: 10_000,
  byteBurst: 200_000,
  loginLines: 100,
  passwordAttempts: 3,
  handlerTime: 5_000,
  quarantineAfter: 0,
  quarantineTime: 60_000,
  eventLoopStall: 500,
  setupTime: 15_000,
  stopTime: 3_000,
  shutdownTime: 15_000,
  hangTime: 30_000,
  drainTime: 5_000,
  closeTime: 2_000,
};
