import type { Account, AccountChange } from '../api/account.ts';
import type { Hooks } from '../api/handlers.ts';
import type { ClientSession } from '../kernel/client-session.ts';
import type { AccountState, LoginAccounts, LoginBasis } from '../kernel/login-basis.ts';

/** What ends an account's sessions and logins. */
type Expiry = 'signed-out' | 'removed';

/** The live server, as far as account changes concern it. */
interface LiveServer {
  readonly hooks: Hooks;
  sessions(): Iterable<ClientSession>;
  /** @returns undefined where no store has the account @throws when it cannot be read */
  read(account: number): Promise<AccountState | undefined>;
  /** Finds an account that is online by its new name. */
  renamed(before: Account, account: Account): void;
  /** Tells the other servers that this one has changed an account. */
  tell(account: Account, change: AccountChange): void;
}

/** How many accounts are read at once, so that other requests to the store get their turn. */
const AT_ONCE = 64;

/** Ends the logins and sessions that a change to their account invalidates. */
export class AccountWatch implements LoginAccounts {
  readonly #server: LiveServer;
  /** The ids of accounts removed while the server runs. Ids are never reused. */
  readonly #removed = new Set<number>();

  constructor(server: LiveServer) {
    this.#server = server;
  }

  isRemoved(account: number): boolean {
    return this.#removed.has(account);
  }

  async track(session: ClientSession, account: Account): Promise<AccountState | undefined> {
    const state = this.#read(account);
    // Recorded before the account is read, so that no change in between is missed.
    session.basis = { account, state, expired: false };
    return await state;
  }

  /** An account is about to be removed: refuses its messages from now on. @returns undoes that */
  removing(account: number): () => void {
    this.#removed.add(account);
    return () => this.#removed.delete(account);
  }

  /**
   * An account was changed.
   * @param account as it is now
   * @param by the session that changed it, which stays logged in
   * @returns once all plugins were notified
   */
  async changed(account: Account, change: AccountChange, by?: ClientSession): Promise<void> {
    this.#server.tell(account, change);
    const sessions = this.#sessionsOf(account);
    if (change === 'renamed') this.#rename(sessions, account);
    for (const session of sessions) {
      const { basis } = session;
      if (basis === undefined || basis.expired) continue;
      if (isExpiry(change) && session !== by) expire(session, basis, change);
      else basis.state = this.#read(account);
    }
    if (by !== undefined) {
      const epoch = (await by.basis?.state)?.epoch;
      by.login = { ...by.login, epoch };
    }
    await this.#server.hooks.onAccountChange.observe.run(account, change, false);
  }

  /**
   * Another server has changed an account, as far as it tells. What the store says counts.
   * @throws when it cannot be read
   */
  async changedElsewhere(account: Account, change: AccountChange): Promise<void> {
    const sessions = this.#sessionsOf(account);
    if (sessions.length > 0) return this.#compare(sessions);
    const now = await this.#read(account);
    if ((now === undefined) !== (change === 'removed')) return;
    if (now === undefined) this.#removed.add(account.id);
    const current = { id: account.id, name: now?.name ?? account.name };
    await this.#server.hooks.onAccountChange.observe.run(current, change, true);
  }

  /**
   * Reads the accounts of all sessions again: another process may have changed them.
   * @throws when they cannot be read
   */
  async recheck(): Promise<void> {
    const byAccount = Map.groupBy(this.#server.sessions(), ({ basis }) => basis?.account.id);
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
      const found = changesOf(before, now);
      for (const change of found) changes.add(change);
      const expiry = found.find(isExpiry);
      if (expiry !== undefined) expire(session, basis, expiry);
      else if (found.length > 0) basis.state = Promise.resolve(now);
    }
    if (changes.has('removed')) this.#removed.add(account.id);
    const current = now === undefined ? account : { id: account.id, name: now.name };
    if (changes.has('renamed')) this.#rename(sessions, current);
    for (const change of changes) await this.#server.hooks.onAccountChange.observe.run(current, change, true);
  }

  #sessionsOf({ id }: Account): ClientSession[] {
    return [...this.#server.sessions()].filter(({ basis }) => basis?.account.id === id);
  }

  /** Tells the clients of an account that it has another name, and logs out those that cannot be told. */
  #rename(sessions: readonly ClientSession[], account: Account): void {
    let before: Account | undefined;
    for (const session of sessions) {
      const { basis } = session;
      if (session.ended || basis === undefined) continue;
      if (session.account === undefined || session.codec.renames !== true) {
        expire(session, basis, 'signed-out');
        continue;
      }
      before = session.account;
      session.account = account;
      session.basis = { ...basis, account };
    }
    if (before === undefined) return;
    this.#server.renamed(before, account);
    const facts = { name: account.name, before: before.name };
    for (const session of sessions) session.send({ kind: 'event', event: 'renamed', facts });
  }

  #read({ id }: Account): Promise<AccountState | undefined> {
    const state = this.#server.read(id);
    // Callers that await it see the failure; without one it must not count as an unhandled rejection.
    state.catch(() => {});
    return state;
  }
}

function changesOf(before: AccountState, now: AccountState | undefined): AccountChange[] {
  if (now === undefined) return ['removed'];
  const changes: AccountChange[] = [];
  if (now.name !== before.name) changes.push('renamed');
  if (now.epoch !== before.epoch) changes.push('signed-out');
  if (now.roles.join(' ') !== before.roles.join(' ')) changes.push('roles');
  return changes;
}

function isExpiry(change: AccountChange): change is Expiry {
  return change === 'signed-out' || change === 'removed';
}

function expire(session: ClientSession, basis: LoginBasis, reason: Expiry): void {
  basis.expired = true;
  if (session.account !== undefined) session.close(reason);
}
