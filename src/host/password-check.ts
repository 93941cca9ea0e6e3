import { type Refusal, refuse } from '../api/decisions.ts';
import type { Session } from '../api/session.ts';
import { checkSecret } from '../kernel/authenticate.ts';
import type { ClientSession } from '../kernel/client-session.ts';

/** How many passwords were wrong in each session since its login. */
const wrong = new WeakMap<ClientSession, number>();

/** Checks the password of a session's own account again: `Server.checkPassword`. */
export async function checkPassword(checked: Session, secret: string): Promise<Refusal | undefined> {
  const session = checked as ClientSession;
  const { account, context } = session;
  if (account === undefined) throw new Error('a password was checked before the login');
  const decision = await checkSecret(session, account, secret);
  if (session.ended || decision === 'again') return refuse('busy', 'The server is busy. Try again in a moment.');
  if (decision === 'right') return undefined;
  if (typeof decision === 'object') return decision.kind === 'blocked' ? blocked(decision.seconds) : wrongPassword();
  const { environment, generation, limits } = context;
  environment.logger.info({ event: 'login-failure', ...session.who }, 'a password was wrong');
  const { decide, observe } = generation.hooks.onAuthFail;
  const block = await decide.run(session, account);
  observe.notify(session, account, block);
  const count = (wrong.get(session) ?? 0) + 1;
  wrong.set(session, count);
  if (count >= limits.passwordAttempts) session.closeFor('password-attempts', 'wrong-password');
  return block === undefined ? wrongPassword() : blocked(block.seconds);
}

function wrongPassword(): Refusal {
  return refuse('password', 'That is not your password.');
}

function blocked(seconds: number): Refusal {
  return refuse('blocked', `There were too many wrong passwords. Try again in ${seconds} s.`);
}
