import type { Login } from '../kernel/authenticate.ts';
import type { LoginSession } from '../kernel/session.ts';
import { token } from './service.ts';

/** Conducts the logins of clients: it asks for what each needs next. The `dialogue` plugin provides it. */
export interface LoginDialogue {
  /**
   * Asks until the login is over. Called again when the client begins its login again. Don't catch what `session.ask` and
   * `login` throw; the kernel handles it.
   */
  conduct(session: LoginSession, login: Login): Promise<void>;
}

export const LoginDialogue = token<LoginDialogue>('login-dialogue');
