import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** People with a name for one session. They may come in while a plugin provides it. */
export interface Guests {
  /** Whether an account is that of a guest on this server. */
  has(account: Pick<Account, 'id'>): boolean;
}

export const Guests = token<Guests>('guests');
