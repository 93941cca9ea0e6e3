import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** One-time codes for users who forgot their password. The plugin `reset-codes` provides it. */
export interface ResetCodes {
  /**
   * Makes a code with which a user can log in once, in place of the password, and then chooses a new one. It replaces an
   * earlier code of the account.
   * @returns the code, and when it expires, in milliseconds since 1970; undefined if this server has no passwords
   */
  issue(account: Account): Promise<{ readonly code: string; readonly expires: number } | undefined>;
}

export const ResetCodes = token<ResetCodes>('reset-codes');
