import type { Account } from '../api/account.ts';
import type { Refusal } from '../api/decisions.ts';
import type { Session } from '../api/session.ts';
import { token } from './service.ts';

/** People with a name for one session. They may come in while a plugin provides it. */
export interface Guests {
  /** Whether an account is that of a guest on this server. */
  has(account: Pick<Account, 'id'>): boolean;
  /**
   * Gives the guest of a session another name, with the mark of guests if there is one.
   * @param name a name that may be registered (`nameObjection`)
   * @returns the account under its new name; undefined when that is taken, or looks like one that is; or why guests are
   * not renamed
   * @throws when that cannot be decided now
   */
  rename(session: Session, name: string): Promise<Account | Refusal | undefined>;
}

export const Guests = token<Guests>('guests');
