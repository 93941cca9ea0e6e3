import type { Account } from '../api/account.ts';
import type { AskUsername, PasswordDecision } from '../api/decisions.ts';
import type { Session } from '../api/session.ts';
import { chain } from './service.ts';

/**
 * Identifies users and checks their secrets. Several plugins may provide one: they run with the handlers of
 * `onUsername` and `onPassword`, after all guards, and the first decision counts.
 */
export interface Authenticator {
  /**
   * Finds the account for a user name.
   * @returns the account, whose password comes next; `askUsername(...)` for a name that cannot log in; or undefined for
   * an unknown name
   */
  identify(name: string): Promise<Account | AskUsername | undefined>;
  /** Checks a secret. @returns undefined for an account that belongs to another authenticator */
  verify(account: Account, secret: string, session: Session): Promise<PasswordDecision | undefined>;
}

export const Authenticator = chain<Authenticator>('authenticator');
