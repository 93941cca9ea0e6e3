import type { Clock } from '../api/clock.ts';
import type { OpenCarrier } from './carriers.ts';
import type { DeviceOptions } from './client-device.ts';
import type { LoginOptions } from './credentials.ts';
import type { Memory, Owner } from './owner.ts';

/** The options of a conversation. */
export interface ConversationOptions {
  /** Opens a connection: `overStream`, `overWebSocket`, or a function of your own. */
  readonly open: OpenCarrier;
  readonly owner: Owner;
  /** Who to log in as; without it the owner is asked. */
  readonly login?: LoginOptions | undefined;
  /** The device to log in as; by default the account's default device. */
  readonly device?: DeviceOptions | undefined;
  /** By default nothing is remembered beyond this conversation. */
  readonly memory?: Memory | undefined;
  /** The time, for tests; by default the system's. */
  readonly clock?: Clock | undefined;
  /** Returns a random number, at least 0 and less than 1; by default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
