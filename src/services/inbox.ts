import type { Account } from '../kernel/account.ts';
import type { Session } from '../kernel/session.ts';
import { token } from './service.ts';

/** What waits for those who are not given it yet. `offline-messages` provides it. */
export interface Inbox {
  /** Gives a session what waits for its account. Resolves when the first of it was given. */
  readOn(session: Session): Promise<void>;
  /**
   * How many messages a login of the account would be given now, to it by name and to everyone; it counts up to `most`
   * (10,000 when it is not said) and no further. What a program was handed and has not acknowledged is among them. It
   * reads the messages to count them, so it is for a login and not for each message.
   */
  waiting(account: Account, most?: number): Promise<number>;
}

export const Inbox = token<Inbox>('inbox');
