import { randomBytes } from 'node:crypto';
import type { Account } from '../api/account.ts';
import { type Admit, admit, askUsername, type PasswordDecision, type UsernameDecision } from '../api/decisions.ts';
import type { Login, LoginStep } from '../api/login.ts';
import type { ClientSession } from './client-session.ts';
import { SessionClosed } from './errors.ts';
import type { AccountState } from './login-basis.ts';

const OVER: LoginStep = { kind: 'over' };

/** Authenticates a client and admits it. Plugins decide about names and passwords. */
export class Authentication implements Login {
  readonly #session: ClientSession;
  /** The named user, whose password comes next. */
  #named: Account | undefined;
  #because: '' | 'wrong' = '';
  /** How many passwords were wrong on this connection, restarted logins included. */
  #wrong = 0;

  constructor(session: ClientSession) {
    this.#session = session;
  }

  async identify(name: string): Promise<LoginStep> {
    this.#named = undefined;
    const decision = await this.#session.ensureOpen(this.#decideName(name));
    return this.#proceed(decision ?? askUsername(), 'username');
  }

  async verify(secret: string): Promise<LoginStep> {
    const account = this.#named;
    if (account === undefined) throw new Error('a password was given before a user name');
    let decision = await this.#check(account, secret);
    // The password was changed meanwhile, or rehashed by a plugin that does not set `rehashed`.
    if (decision === 'right' && this.#session.basis?.expired) decision = await this.#check(account, secret);
    if (decision === 'right') return this.#proceed(admit(account), 'password');
    if (decision === 'wrong') return this.#refuse(account);
    return decision === 'again' ? { kind: 'password', because: this.#because } : this.#proceed(decision, 'password');
  }

  /** @param after the last answer */
  async #proceed(decision: UsernameDecision, after: 'username' | 'password'): Promise<LoginStep> {
    const session = this.#session;
    if (decision.kind === 'password') {
      this.#named = decision.account;
      this.#because = '';
      return { kind: 'password', because: '' };
    }
    const refused = decision.kind === 'admit' ? await this.#admit(decision, after) : decision;
    if (refused === undefined) return OVER;
    if (refused.kind !== 'blocked') return refused.kind === 'username' ? refused : askUsername();
    const { seconds } = refused;
    // A password may have been typed as the name: log the name of a known account only.
    const known = this.#named && { account: this.#named.name };
    const { logger } = session.context.environment;
    logger.info({ event: 'block', ...session.who, ...known, seconds }, 'logins are blocked');
    session.closeWith('blocked', { kind: 'blocked', seconds, after });
    return OVER;
  }

  /** @returns why the session is refused, if it is */
  async #admit(
    { account, epoch, device = randomBytes(9).toString('base64url'), deviceName }: Admit,
    after: 'username' | 'password',
  ): Promise<UsernameDecision | undefined> {
    const session = this.#session;
    // The check of a password has read the state already.
    const state = after === 'password' ? await session.basis?.state : await this.#stateOf(account);
    if (state === 'unknown' || state?.isBot) return askUsername();
    if (epoch !== undefined && state?.epoch !== epoch) return askUsername('expired');
    session.login = { ...session.login, device, epoch: state?.epoch };
    session.deviceName = session.preset('device') ?? deviceName ?? '';
    session.takesOver = false;
    // The account may have been renamed since the plugin found it.
    return await session.context.admit(session, state === undefined ? account : { id: account.id, name: state.name });
  }

  /** The account's state, tracked from now on; `unknown`, and the session closes, when it cannot be read. */
  async #stateOf(account: Account): Promise<AccountState | undefined | 'unknown'> {
    const session = this.#session;
    try {
      return await session.ensureOpen(session.context.environment.accounts.track(session, account));
    } catch (err) {
      if (err instanceof SessionClosed) throw err;
      const facts = { event: 'store-error', ...session.who, err };
      session.context.environment.logger.error(facts, 'an account could not be read for a login');
      session.close('busy');
      return 'unknown';
    }
  }

  async #check(account: Account, secret: string): Promise<PasswordDecision> {
    // Read before the password is checked, so that a change during the check is noticed.
    if ((await this.#stateOf(account)) === 'unknown') return 'again';
    return await this.#session.ensureOpen(checkSecret(this.#session, account, secret));
  }

  /** Answers a wrong password. */
  async #refuse(account: Account): Promise<LoginStep> {
    const session = this.#session;
    const { environment, generation, limits } = session.context;
    const { decide, observe } = generation.hooks.onAuthFail;
    this.#because = 'wrong';
    this.#wrong++;
    environment.logger.info({ event: 'login-failure', ...session.who, account: account.name }, 'a password was wrong');
    const block = await decide.run(session, account);
    observe.notify(session, account, block);
    if (session.ended) throw new SessionClosed();
    if (block !== undefined) return this.#proceed(block, 'password');
    if (this.#wrong < limits.passwordAttempts) return { kind: 'password', because: 'wrong' };
    session.closeFor('password-attempts', 'wrong-password');
    return OVER;
  }

  /** The decision on a user name: a guard's refusal, or the first handler's decision. */
  async #decideName(name: string): Promise<UsernameDecision | undefined> {
    const session = this.#session;
    const { guard, decide } = session.context.generation.hooks.onUsername;
    const passage = await guard.run(session, name);
    let decision: UsernameDecision | undefined = passage.refusal;
    try {
      if (session.ended) return undefined;
      decision ??= await decide.run(session, name);
      return decision;
    } finally {
      passage.settle(decision);
    }
  }
}

/** The decision on a password. Guards and observers are notified of it even if the client has left. */
export async function checkSecret(session: ClientSession, account: Account, secret: string): Promise<PasswordDecision> {
  const { guard, decide, observe } = session.context.generation.hooks.onPassword;
  let passage: Awaited<ReturnType<typeof guard.run>> | undefined;
  let decision: PasswordDecision = 'again';
  try {
    passage = await guard.run(session, account, secret);
    // A guard may close the session without refusing the password: then nothing has checked it.
    if (session.ended || passage.refusal !== undefined) decision = passage.refusal ?? 'again';
    else decision = (await decide.run(session, account, secret)) ?? (session.ended ? 'again' : 'wrong');
    return decision;
  } finally {
    const outcome = decision === 'right' && session.basis?.expired ? 'again' : decision;
    passage?.settle(outcome);
    observe.notify(session, account, outcome);
  }
}
