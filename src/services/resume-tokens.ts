import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** The tokens with which programs log in again. `resume` provides it. */
export interface ResumeTokens {
  /**
   * Ends all tokens of an account's device, and no others. Durable when it resolves.
   * @param device its name; empty for the default device
   */
  revoke(account: Account, device: string): Promise<void>;
}

export const ResumeTokens = token<ResumeTokens>('resume-tokens');
