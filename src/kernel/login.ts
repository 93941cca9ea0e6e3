import type { Account } from './account.ts';
import { StartedOver } from './endings.ts';
import type { Hooks } from './hooks.ts';
import type { Logger } from './logger.ts';
import type { Session } from './session.ts';
import { type AskUsername, admit, askUsername, type Blocked, type UsernameVerdict } from './verdicts.ts';

/** What the login dialogue needs of the kernel. */
export interface LoginHost {
  readonly hooks: Hooks;
  readonly logger: Logger;
  readonly limits: { readonly passwordAttempts: number };
  /** Counts that a limit was met. */
  limitMet(limit: string): void;
  /** Makes the session online and welcomes it at once, or says why not. */
  admit(session: Session, account: Account): UsernameVerdict | undefined;
}

/** Why a user name is asked for. */
type FirstQuestion = Pick<AskUsername, 'reason'> & { readonly because: string };

/** What went wrong on one connection, however often the dialogue began again. */
interface Wrong {
  passwords: number;
}

const START: FirstQuestion = { because: 'start' };

/**
 * The dialogue from the first line to the welcome. What becomes of names and passwords, plugins decide.
 * @returns whether the session is logged in; if not, it was closed
 * @throws SessionEnded when the client leaves
 */
export async function login(session: Session, host: LoginHost): Promise<boolean> {
  let next: FirstQuestion = START;
  const wrong = { passwords: 0 };
  for (;;) {
    try {
      const outcome = await oneLogin(session, next, host, wrong);
      if (typeof outcome === 'boolean') return outcome;
      next = outcome.kind === 'username' ? outcome : askUsername();
    } catch (thrown) {
      if (!(thrown instanceof StartedOver)) throw thrown;
      next = START;
    }
  }
}

/** From a user name to the welcome, to the end, or to why a name is to be asked for again. */
async function oneLogin(
  session: Session,
  { because, reason }: FirstQuestion,
  host: LoginHost,
  wrong: Wrong,
): Promise<boolean | UsernameVerdict> {
  const name = await session.ask('username', because, reason);
  let verdict = (await session.still(host.hooks.onUsername.promise(session, name))) ?? askUsername();
  let after: 'username' | 'password' = 'username';
  // What was typed as a name may be a password: only that of an account is written down.
  let known = {};
  if (verdict.kind === 'password') {
    after = 'password';
    known = { account: verdict.account.name };
    const outcome = await askForPassword(session, verdict.account, host, wrong);
    if (outcome === 'closed') return false;
    verdict = outcome;
  }
  if (verdict.kind === 'admit') {
    const objection = host.admit(session, verdict.account);
    if (objection === undefined) return true;
    verdict = objection;
  }
  if (verdict.kind !== 'blocked') return verdict;
  const { seconds } = verdict;
  host.logger.info({ event: 'block', ...session.who, ...known, seconds }, 'logins are blocked');
  session.leave('blocked', { kind: 'blocked', seconds, after });
  return false;
}

/** Asks for the password until it is right, a plugin decides otherwise, or it was wrong too often. */
async function askForPassword(
  session: Session,
  account: Account,
  host: LoginHost,
  wrong: Wrong,
): Promise<UsernameVerdict | AskUsername | Blocked | 'closed'> {
  for (let because = ''; ; ) {
    const secret = await session.ask('password', because);
    const { hooks } = host;
    const verdict = (await session.still(hooks.onPassword.promise(session, account, secret))) ?? 'wrong';
    if (verdict === 'right') return admit(account);
    if (verdict === 'again') continue;
    if (verdict !== 'wrong') return verdict;
    because = 'wrong';
    wrong.passwords++;
    host.logger.info({ event: 'login-failure', ...session.who, account: account.name }, 'a password was wrong');
    const block = await session.still(hooks.onAuthFail.promise(session, account));
    if (block !== undefined) return block;
    if (wrong.passwords >= host.limits.passwordAttempts) {
      host.limitMet('password-attempts');
      session.close('wrong-password');
      return 'closed';
    }
  }
}
