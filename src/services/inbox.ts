import type { Account } from '../api/account.ts';
import type { Session } from '../api/session.ts';
import { token } from './service.ts';

/** The undelivered messages of accounts. `offline-messages` provides it. */
export interface Inbox {
  /** Delivers a session's queued messages. Resolves when the first of them are delivered. */
  catchUp(session: Session): Promise<void>;
  /**
   * How many messages a login of the account would receive now, direct ones and those to everyone; counts up to `most`
   * (10,000 by default). Includes messages that a program has not acknowledged. It reads the messages to count them:
   * call it once per login, not for each message.
   */
  waiting(account: Account, most?: number): Promise<number>;
}

export const Inbox = token<Inbox>('inbox');
