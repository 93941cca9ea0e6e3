import { randomBytes } from 'node:crypto';
import type { Account } from './account.ts';
import type { AccountState, AccountWatch } from './account-watch.ts';
import { SessionEnded, StartedOver } from './endings.ts';
import type { Logger } from './logger.ts';
import type { Hooks } from './phases.ts';
import type { Session } from './session.ts';
import {
  type Admit,
  type AskUsername,
  admit,
  askUsername,
  type Blocked,
  type PasswordVerdict,
  type UsernameVerdict,
} from './verdicts.ts';

/** What the login dialogue needs of the kernel. */
export interface LoginHost {
  readonly hooks: Hooks;
  readonly logger: Logger;
  readonly limits: { readonly passwordAttempts: number };
  /** Counts that a limit was met. */
  limitMet(limit: string): void;
  readonly accountWatch: Pick<AccountWatch, 'track'>;
  /** Makes the session online and welcomes it, or returns why not. */
  admit(session: Session, account: Account): Promise<UsernameVerdict | undefined>;
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
  let verdict = (await session.still(nameVerdict(session, name, host.hooks))) ?? askUsername();
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
    const objection = await admission(session, verdict, host, after);
    if (objection === undefined) return true;
    verdict = objection;
  }
  if (verdict.kind !== 'blocked') return verdict;
  const { seconds } = verdict;
  host.logger.info({ event: 'block', ...session.who, ...known, seconds }, 'logins are blocked');
  session.leave('blocked', { kind: 'blocked', seconds, after });
  return false;
}

/** Admits a session. @param after what it has proved who it is with @returns why it may not come in, if it may not */
async function admission(
  session: Session,
  { account, epoch, device = newDevice() }: Admit,
  host: LoginHost,
  after: 'username' | 'password',
): Promise<UsernameVerdict | undefined> {
  // Before a password is checked the state is read already.
  const state = after === 'password' ? await session.basis?.state : await stateOf(session, account, host);
  if (state === 'unknown' || state?.isBot) return askUsername();
  if (epoch !== undefined && state?.epoch !== epoch) return askUsername('expired');
  session.device = device;
  session.takesOver = false;
  session.epoch = state?.epoch;
  return await host.admit(session, account);
}

/** The state of the account that the session logs in to, tracked from here on; `unknown` when it cannot be read. */
async function stateOf(
  session: Session,
  account: Account,
  host: LoginHost,
): Promise<AccountState | undefined | 'unknown'> {
  try {
    return await session.still(host.accountWatch.track(session, account));
  } catch (err) {
    if (err instanceof SessionEnded) throw err;
    host.logger.error({ event: 'store-error', ...session.who, err }, 'an account could not be read for a login');
    return 'unknown';
  }
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
    const check = async () => {
      // Read before the password is checked, so that a change during the check is noticed.
      if ((await stateOf(session, account, host)) === 'unknown') return 'again';
      return await session.still(passwordVerdict(session, account, secret, hooks));
    };
    let verdict = await check();
    // The password was changed meanwhile, or hashed anew by a plugin that does not say `rehashed`.
    if (verdict === 'right' && session.basis?.expired) verdict = await check();
    if (verdict === 'right') return admit(account);
    if (verdict === 'again') continue;
    if (verdict !== 'wrong') return verdict;
    because = 'wrong';
    wrong.passwords++;
    host.logger.info({ event: 'login-failure', ...session.who, account: account.name }, 'a password was wrong');
    const block = await session.still(blockAfter(session, account, hooks));
    if (block !== undefined) return block;
    if (wrong.passwords >= host.limits.passwordAttempts) {
      host.limitMet('password-attempts');
      session.close('wrong-password');
      return 'closed';
    }
  }
}

/** What becomes of a user name: the refusal of a guard, or the first decision. */
async function nameVerdict(
  session: Session,
  name: string,
  { onUsername: { guard, decide } }: Hooks,
): Promise<UsernameVerdict | undefined> {
  const passage = await guard.run(session, name);
  let verdict: UsernameVerdict | undefined = passage.refusal;
  try {
    if (session.ended) return undefined;
    verdict ??= await decide.run(session, name);
    return verdict;
  } finally {
    passage.settle(verdict);
  }
}

/** What becomes of a password. Who counts passwords learns of it whether or not the client is still there. */
async function passwordVerdict(
  session: Session,
  account: Account,
  secret: string,
  { onPassword: { guard, decide, observe } }: Hooks,
): Promise<PasswordVerdict> {
  let passage: Awaited<ReturnType<typeof guard.run>> | undefined;
  let verdict: PasswordVerdict = 'again';
  try {
    passage = await guard.run(session, account, secret);
    // A guard that closes the session and refuses nothing has not looked at it, nor does anybody else.
    if (session.ended) verdict = passage.refusal ?? 'again';
    else
      verdict = passage.refusal ?? (await decide.run(session, account, secret)) ?? (session.ended ? 'again' : 'wrong');
    return verdict;
  } finally {
    const outcome = verdict === 'right' && session.basis?.expired ? 'again' : verdict;
    passage?.settle(outcome);
    observe.notify(session, account, outcome);
  }
}

/** Whether logins are blocked now that a password was wrong. */
async function blockAfter(session: Session, account: Account, hooks: Hooks): Promise<Blocked | undefined> {
  const { decide, observe } = hooks.onAuthFail;
  const block = await decide.run(session, account);
  observe.notify(session, account, block);
  return block;
}

function newDevice(): string {
  return randomBytes(9).toString('base64url');
}
