import type { Login } from '../api/login.ts';
import type { LoginSession } from '../api/session.ts';
import { token } from './service.ts';

/** Conducts logins: asks clients for what their login needs next. The `dialogue` plugin provides it. */
export interface LoginDialogue {
  /**
   * Asks until the login is over. Called again when the client restarts its login. Don't catch the errors of
   * `session.ask` and `login`; the kernel handles them.
   */
  conduct(session: LoginSession, login: Login): Promise<void>;
}

export const LoginDialogue = token<LoginDialogue>('login-dialogue');
