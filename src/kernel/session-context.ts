import type { Account } from './account.ts';
import type { AccountWatch } from './account-watch.ts';
import type { ClientSession } from './client-session.ts';
import type { LiveCodec } from './codec.ts';
import type { KernelEnvironment } from './environment.ts';
import type { FeedHost } from './feed.ts';
import type { SessionLimits } from './limits.ts';
import type { Turn } from './outbox.ts';
import type { UsernameVerdict } from './verdicts.ts';

/** What a session, its login and all that belongs to it are given of the kernel. */
export interface SessionContext extends FeedHost {
  readonly environment: KernelEnvironment;
  /** What one client may cost; what a session was made with it keeps. */
  readonly limits: SessionLimits;
  readonly turn: Turn;
  readonly accountWatch: Pick<AccountWatch, 'track'>;
  /** Makes a session online and welcomes it, or returns why not. */
  admit(session: ClientSession, account: Account): Promise<UsernameVerdict | undefined>;
  /** The codec that claims a client by its first line, if one does. */
  codecFor(firstLine: string): LiveCodec | undefined;
  /** A codec threw: the session is closed. */
  codecFailed(session: ClientSession, codec: LiveCodec, cause: unknown): void;
  /** The session is over: it takes part in nothing from here on. */
  ended(session: ClientSession, reason: string): void;
}
