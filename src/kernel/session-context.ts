import type { Account } from '../api/account.ts';
import type { LiveCodec } from '../api/codec.ts';
import type { UsernameDecision } from '../api/decisions.ts';
import type { Hooks } from '../hooks/phases.ts';
import type { Delivery } from '../messages/delivery.ts';
import type { Online } from '../messages/online.ts';
import type { Posting } from '../messages/posting.ts';
import type { FlushScheduler } from '../wire/flush-scheduler.ts';
import type { ClientSession } from './client-session.ts';
import type { KernelEnvironment } from './environment.ts';
import type { KernelGeneration } from './kernel.ts';
import type { KeyedQueue } from './keyed-queue.ts';
import type { SessionLimits } from './limits.ts';

/** The kernel, as sessions and their parts see it. */
export interface SessionContext {
  readonly environment: KernelEnvironment;
  /** The limits per client. A reload replaces them; a session keeps those that it copied. */
  readonly limits: SessionLimits;
  /** The live plugins. */
  readonly generation: KernelGeneration;
  /** The hooks of the live plugins. */
  readonly hooks: Hooks;
  readonly flushes: FlushScheduler;
  readonly online: Online;
  readonly delivery: Delivery;
  readonly posting: Posting;
  /** Runs the copies of a retried command one at a time, by account and idempotency key. */
  readonly retries: KeyedQueue<string>;
  /** Every session, logged in or not. */
  sessions(): Iterable<ClientSession>;
  /** Puts a session online and welcomes it, or returns why not. @throws SessionClosed */
  admit(session: ClientSession, account: Account): Promise<UsernameDecision | undefined>;
  /** The codec that claims a client by its first line, if one does. */
  codecFor(firstLine: string): LiveCodec | undefined;
  /** A codec threw: logs that and closes the session. */
  codecFailed(session: ClientSession, codec: LiveCodec, cause: unknown): void;
  /** A session is over. */
  ended(session: ClientSession, reason: string): void;
}
