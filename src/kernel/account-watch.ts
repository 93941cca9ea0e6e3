import type { Account } from './account.ts';
import type { ClientSession } from './client-session.ts';
import type { SessionContext } from './session-context.ts';

/** An account as it is at one moment, as far as logins depend on it. */
export interface AccountState {
  /** The name as registered. */
  readonly name: string;
  /** Replaced by a new password, a new name and a sign-out: logins from another epoch have expired. */
  readonly epoch: number;
  readonly roles: readonly string[];
  /** Whether it belongs to a program: nobody can log in to it. */
  readonly isBot: boolean;
}

/**
 * What happened to an account: it is new, it has other roles, it has another name, all of its logins have expired, or it
 * no longer exists.
 */
export type AccountChange = 'registered' | 'roles' | Expiry;

/** What ends an account's sessions and logins. */
type Expiry = 'renamed' | 'signed-out' | 'removed';

/** What a login depends on, while it is under way and once the session is online. */
export interface LoginBasis {
  readonly account: Account;
  /** The account when the secret was checked; undefined for one that no store has. */
  state: Promise<AccountState | undefined>;
  /** Whether it has expired before the session was online. */
  expired: boolean;
}

/** How many accounts are read together: others use the store in between. */
const AT_ONCE = 64;

/** Ends the logins and sessions that an account's change invalidates. */
export class AccountWatch {
  readonly #context: SessionContext;
  /** The ids of accounts that were removed while the server ran. No id is used twice. */
  readonly #removed = new Set<number>();

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Whether an account was removed while the server ran. */
  isRemoved(account: number): boolean {
    return this.#removed.has(account);
  }

  /** Records what the session's login depends on from here on. @returns the account's state @throws when it cannot be read */
  async track(session: ClientSession, account: Account): Promise<AccountState | undefined> {
    const state = this.#read(account);
    // Recorded before it is read, so that no change falls in between.
    session.basis = { account, state, expired: false };
    return await state;
  }

  /** An account is about to be removed: its messages are refused from now on. @returns undoes that */
  removing(account: number): () => void {
    this.#removed.add(account);
    return () => this.#removed.delete(account);
  }

  /** An account was changed. @param account as it is now @param by the session that stays signed in @returns once every plugin was notified */
  async changed(account: Account, change: AccountChange, by?: ClientSession): Promise<void> {
    for (const session of this.#context.sessions()) {
      const { basis } = session;
      if (basis?.account.id !== account.id) continue;
      if (isExpiry(change) && session !== by) expire(session, basis, change);
      else basis.state = this.#read(account);
    }
    if (by !== undefined) by.epoch = (await by.basis?.state)?.epoch;
    await this.#context.hooks.onAccountChange.observe.run(account, change);
  }

  /** Another process may have changed accounts: reads those of all sessions. @throws when they cannot be read */
  async recheck(): Promise<void> {
    const byAccount = Map.groupBy(this.#context.sessions(), ({ basis }) => basis?.account.id);
    const accounts = [...byAccount].filter(([id]) => id !== undefined);
    for (let i = 0; i < accounts.length; i += AT_ONCE) {
      await Promise.all(accounts.slice(i, i + AT_ONCE).map(([, sessions]) => this.#compare(sessions)));
    }
  }

  /** @param sessions all sessions of one account, logged in or about to be */
  async #compare(sessions: readonly ClientSession[]): Promise<void> {
    const account = sessions[0]?.basis?.account;
    if (account === undefined) return;
    const now = await this.#read(account);
    const changes = new Set<AccountChange>();
    for (const session of sessions) {
      const { basis } = session;
      const before = await basis?.state.catch(() => undefined);
      if (basis === undefined || before === undefined) continue;
      const change = changeOf(before, now);
      if (change === undefined) continue;
      changes.add(change);
      if (isExpiry(change)) expire(session, basis, change);
      else basis.state = Promise.resolve(now);
    }
    if (changes.has('removed')) this.#removed.add(account.id);
    const current = now === undefined ? account : { id: account.id, name: now.name };
    for (const change of changes) await this.#context.hooks.onAccountChange.observe.run(current, change);
  }

  #read({ id }: Account): Promise<AccountState | undefined> {
    const state = this.#context.generation.accountStateOf?.(id) ?? Promise.resolve(undefined);
    // Whoever awaits it sees the failure; without anybody it must not count as an unhandled rejection.
    state.catch(() => {});
    return state;
  }
}

function changeOf(before: AccountState, now: AccountState | undefined): AccountChange | undefined {
  if (now === undefined) return 'removed';
  // A new name begins an epoch too.
  if (now.name !== before.name) return 'renamed';
  if (now.epoch !== before.epoch) return 'signed-out';
  return now.roles.join(' ') === before.roles.join(' ') ? undefined : 'roles';
}

function isExpiry(change: AccountChange): change is Expiry {
  return change !== 'registered' && change !== 'roles';
}

function expire(session: ClientSession, basis: LoginBasis, reason: Expiry): void {
  basis.expired = true;
  // Clients were told their name in the welcome, and have no word for another one: they log in again under it.
  if (session.account !== undefined) session.close(reason === 'renamed' ? 'signed-out' : reason);
}
