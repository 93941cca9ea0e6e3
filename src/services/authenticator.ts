import type { Account } from '../kernel/account.ts';
import type { AskUsername, PasswordDecision } from '../kernel/decisions.ts';
import type { Session } from '../kernel/session.ts';
import { chain } from './service.ts';

/**
 * Knows users, and checks their secrets. Several plugins may provide one: they are called in the order of `onUsername` and
 * `onPassword`, after all guards, and the first that decides counts.
 */
export interface Authenticator {
  /**
   * Finds the account that a user name stands for.
   * @returns the account, whose password is then asked for; `askUsername(...)` where nobody may log in by that name; or
   * undefined for a name that it does not know
   */
  identify(name: string): Promise<Account | AskUsername | undefined>;
  /** Checks a secret. @returns undefined where the account is none of its own */
  verify(account: Account, secret: string, session: Session): Promise<PasswordDecision | undefined>;
}

export const Authenticator = chain<Authenticator>('authenticator');
