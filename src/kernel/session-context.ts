import type { Account } from '../api/account.ts';
import type { UsernameDecision } from '../api/decisions.ts';
import type { MessageContext } from '../messages/context.ts';
import type { Messages } from '../messages/messages.ts';
import type { FlushScheduler } from '../wire/flush-scheduler.ts';
import type { ClientSession } from './client-session.ts';
import type { KernelEnvironment, KernelGeneration, SessionLimits } from './environment.ts';
import type { KeyedQueue } from './keyed-queue.ts';

/** The kernel, as sessions and their parts see it. */
export interface SessionContext extends MessageContext {
  readonly environment: KernelEnvironment;
  /** The limits per client. A reload replaces them; a session keeps those that it copied. */
  readonly limits: SessionLimits;
  /** The live plugins. A reload replaces them; work in progress keeps the generation it began with. */
  readonly generation: KernelGeneration;
  readonly messages: Messages;
  readonly flushes: FlushScheduler;
  /** Runs the copies of a retried command one at a time, by account and idempotency key. */
  readonly retries: KeyedQueue<string>;
  /** Puts a session online and welcomes it, or returns why not. @throws SessionClosed */
  admit(session: ClientSession, account: Account): Promise<UsernameDecision | undefined>;
  /** A session is over. */
  ended(session: ClientSession, reason: string): void;
}
