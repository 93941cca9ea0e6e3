import type { Account } from '../api/account.ts';
import type { Refusal, Reply } from '../api/decisions.ts';
import type { Session } from '../api/session.ts';
import { token } from './service.ts';

/** New users may register while a plugin provides it. */
export interface Registration {
  /**
   * Registers somebody who is logged in, such as a guest, within all limits on registrations.
   * @param password the new one; asked for if left out
   * @param keep makes the account that of a user with this hash of the password. Returns the account, undefined when its
   * name is taken, or why not
   * @returns the answer to a command
   */
  register?(
    session: Session,
    password: string | undefined,
    keep: (hash: string) => Promise<Account | Refusal | undefined>,
  ): Promise<Reply>;
}

export const Registration = token<Registration>('registration');
