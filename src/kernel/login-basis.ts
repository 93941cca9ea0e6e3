import type { Account } from '../api/account.ts';
import type { ClientSession } from './client-session.ts';

/** What logins to an account depend on, at one moment. */
export interface AccountState {
  /** The name as registered. */
  readonly name: string;
  /** Replaced by a new password and a sign-out: logins from another epoch have expired. */
  readonly epoch: number;
  readonly roles: readonly string[];
  /** Whether it belongs to a program. Nobody can log in to a bot's account. */
  readonly isBot: boolean;
}

/** What a login depends on, from its first step until the session ends. */
export interface LoginBasis {
  readonly account: Account;
  /** The account when the secret was checked; undefined where no store has it. */
  state: Promise<AccountState | undefined>;
  /** Whether a change to the account has invalidated the login. */
  expired: boolean;
}

/** The accounts that logins depend on. */
export interface LoginAccounts {
  /** Whether an account was removed while the server ran. */
  isRemoved(account: number): boolean;
  /**
   * Reads an account and sets it as the session's `basis`, so that changes to it expire the login.
   * @throws when it cannot be read
   */
  track(session: ClientSession, account: Account): Promise<AccountState | undefined>;
}
