import type { Session } from '../api/session.ts';
import type { Passwords } from '../services/passwords.ts';

/**
 * Asks for a new password, twice, until it is acceptable.
 * @param name the user's, which it must not resemble
 * @param because why it is asked for the first time
 */
export async function askNewPassword(
  session: Session,
  name: string,
  passwords: Passwords,
  because = '',
): Promise<string> {
  // Clients know the questions of a login, and which answers to hide.
  const hidden = session.account !== undefined && { secret: true };
  for (let why = because; ; ) {
    const chosen = await session.ask('new-password', { because: why, ...hidden });
    const again = await session.ask('new-password-again', { ...hidden });
    const objection = chosen === again ? await passwords.objection(name, chosen) : '';
    if (objection === undefined) return chosen;
    why = objection;
  }
}
