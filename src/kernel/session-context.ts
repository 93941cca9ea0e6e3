import type { Account } from './account.ts';
import type { AccountWatch } from './account-watch.ts';
import type { ClientSession } from './client-session.ts';
import type { LiveCodec } from './codec.ts';
import type { UsernameDecision } from './decisions.ts';
import type { Delivery } from './delivery.ts';
import type { KernelEnvironment } from './environment.ts';
import type { KernelGeneration } from './kernel.ts';
import type { SessionLimits } from './limits.ts';
import type { Online } from './online.ts';
import type { Turn } from './outbox.ts';
import type { Hooks } from './phases.ts';
import type { Posting } from './posting.ts';
import type { Retries } from './retries.ts';

/** What sessions, and all that belongs to them, are given of the kernel. */
export interface SessionContext {
  readonly environment: KernelEnvironment;
  /** What one client may cost; what a session was made with it keeps. */
  readonly limits: SessionLimits;
  /** The plugins that are live. */
  readonly generation: KernelGeneration;
  /** The hooks of the live plugins. */
  readonly hooks: Hooks;
  readonly turn: Turn;
  readonly online: Online;
  readonly accountWatch: AccountWatch;
  readonly delivery: Delivery;
  readonly posting: Posting;
  readonly retries: Retries;
  /** Every session there is, also those not logged in. */
  sessions(): Iterable<ClientSession>;
  /** Makes a session online and welcomes it, or returns why not. */
  admit(session: ClientSession, account: Account): Promise<UsernameDecision | undefined>;
  /** The codec that claims a client by its first line, if one does. */
  codecFor(firstLine: string): LiveCodec | undefined;
  /** A codec threw: the session is closed. */
  codecFailed(session: ClientSession, codec: LiveCodec, cause: unknown): void;
  /** The session is over: it takes part in nothing from here on. */
  ended(session: ClientSession, reason: string): void;
}
