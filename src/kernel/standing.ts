import type { Account } from './account.ts';
import type { Hooks } from './hooks.ts';
import type { Session } from './session.ts';

/** What holds for an account at one moment: a login is good for as long as it does. */
export interface Standing {
  /** Another one stands for a new password or a sign-out. */
  readonly epoch: number;
  readonly roles: readonly string[];
  /** Whether it belongs to a program: nobody can log in to it. */
  readonly isBot: boolean;
}

/** What happened to an account: it has other roles, all of its logins have expired, or it does not exist any more. */
export type AccountChange = 'roles' | 'signed-out' | 'removed';

/** What a login that is under way, or a session that is online, rests on. */
export interface Proof {
  readonly account: Account;
  /** What held when the secret was checked; undefined for an account that no store has. */
  standing: Promise<Standing | undefined>;
  /** Whether it has expired before the session was online. */
  expired: boolean;
}

/** What the keeping of standings needs of the kernel. */
export interface StandingsHost {
  readonly hooks: Hooks;
  sessions(): Iterable<Session>;
  /** Reads how things stand with an account; undefined where nothing provides accounts. */
  readonly standingOf: ((account: number) => Promise<Standing | undefined>) | undefined;
}

/** How many accounts are looked at together, so that the store is not held up for others. */
const AT_ONCE = 64;

/** Sees to it that nobody stays, or comes in, on what does not hold any more. */
export class Standings {
  readonly #host: StandingsHost;
  /** The ids of accounts that were removed here. No id is given twice. */
  readonly #removed = new Set<number>();

  constructor(host: StandingsHost) {
    this.#host = host;
  }

  /** Whether an account was removed while the server ran. */
  isRemoved(account: number): boolean {
    return this.#removed.has(account);
  }

  /** Notes what the session's login is about to rest on. @returns what holds now @throws when it cannot be read */
  async rely(session: Session, account: Account): Promise<Standing | undefined> {
    const standing = this.#read(account);
    // Noted before it is read, so that no change can fall between.
    session.proof = { account, standing, expired: false };
    return await standing;
  }

  /** An account is about to be removed: it can do nothing from now on. @returns takes that back */
  removing(account: number): () => void {
    this.#removed.add(account);
    return () => this.#removed.delete(account);
  }

  /** An account was changed. @param by the session that stays signed in @returns when every plugin has been told */
  async changed(account: Account, change: AccountChange, by?: Session): Promise<void> {
    for (const session of this.#host.sessions()) {
      const { proof } = session;
      if (proof?.account.id !== account.id) continue;
      if (change === 'roles' || session === by) proof.standing = this.#read(account);
      else expire(session, proof, change);
    }
    if (by !== undefined) by.epoch = (await by.proof?.standing)?.epoch;
    await this.#host.hooks.onAccountChange.promise(account, change);
  }

  /** Another process may have changed accounts: looks at those of all sessions. @throws when they cannot be read */
  async recheck(): Promise<void> {
    const resting = Map.groupBy(this.#host.sessions(), ({ proof }) => proof?.account.id);
    const accounts = [...resting].filter(([id]) => id !== undefined);
    for (let i = 0; i < accounts.length; i += AT_ONCE) {
      await Promise.all(accounts.slice(i, i + AT_ONCE).map(([, sessions]) => this.#compare(sessions)));
    }
  }

  /** @param sessions all that there are of one account, logged in or about to be */
  async #compare(sessions: readonly Session[]): Promise<void> {
    const account = sessions[0]?.proof?.account;
    if (account === undefined) return;
    const now = await this.#read(account);
    const changes = new Set<AccountChange>();
    for (const session of sessions) {
      const { proof } = session;
      const before = await proof?.standing.catch(() => undefined);
      if (proof === undefined || before === undefined) continue;
      const change = changeOf(before, now);
      if (change === undefined) continue;
      changes.add(change);
      if (change === 'roles') proof.standing = Promise.resolve(now);
      else expire(session, proof, change);
    }
    if (changes.has('removed')) this.#removed.add(account.id);
    for (const change of changes) await this.#host.hooks.onAccountChange.promise(account, change);
  }

  #read({ id }: Account): Promise<Standing | undefined> {
    const standing = this.#host.standingOf?.(id) ?? Promise.resolve(undefined);
    // Who awaits it hears of a failure; that nobody does is no rejection of its own.
    standing.catch(() => {});
    return standing;
  }
}

function changeOf(before: Standing, now: Standing | undefined): AccountChange | undefined {
  if (now === undefined) return 'removed';
  if (now.epoch !== before.epoch) return 'signed-out';
  return now.roles.join(' ') === before.roles.join(' ') ? undefined : 'roles';
}

function expire(session: Session, proof: Proof, reason: 'signed-out' | 'removed'): void {
  proof.expired = true;
  if (session.account !== undefined) session.close(reason);
}
