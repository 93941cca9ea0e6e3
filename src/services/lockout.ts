import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** Blocks of logins after wrong passwords. */
export interface Lockout {
  /** Lifts an account's blocks. @returns from how many networks it was blocked */
  lift(account: Account): Promise<number>;
}

export const Lockout = token<Lockout>('lockout');
