/** A registered user, as far as the kernel knows one. */
export interface Account {
  /** Never 0, and never reused. */
  readonly id: number;
  /** The name as registered. */
  readonly name: string;
}

/** What logins to an account depend on, at one moment. */
export interface AccountState {
  /** The name as registered. */
  readonly name: string;
  /** Replaced by a new password, a new name and a sign-out: logins from another epoch have expired. */
  readonly epoch: number;
  readonly roles: readonly string[];
  /** Whether it belongs to a program. Nobody can log in to a bot's account. */
  readonly isBot: boolean;
}

/**
 * What happened to an account: it was registered, its roles changed, it was renamed, signed out everywhere, or removed.
 */
export type AccountChange = 'registered' | 'roles' | 'renamed' | 'signed-out' | 'removed';

/** What a login depends on, from its first step until the session ends. */
export interface LoginBasis {
  readonly account: Account;
  /** The account when the secret was checked; undefined where no store has it. */
  state: Promise<AccountState | undefined>;
  /** Whether a change to the account has invalidated the login. */
  expired: boolean;
}
