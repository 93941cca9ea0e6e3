import type { Account } from '../kernel/account.ts';
import { token } from './service.ts';

/** An account as a store keeps it. */
export interface StoredAccount extends Account {
  /** The password's hash, in the PHC string format, or whatever the password plugin wrote. */
  readonly hash: string;
  /** When the account was made, in milliseconds since 1970. */
  readonly created: number;
  /** When it was last online, in milliseconds since 1970; 0 for never. */
  readonly seen: number;
  /** What it may do beside what everyone may: words, as `admin`. */
  readonly roles: readonly string[];
}

/** Who is registered. A store provides it; names are compared by `nameKey`. */
export interface Accounts {
  /** Whether they end with the process: then the command line, a process of its own, refuses to work on them. */
  readonly ephemeral?: boolean;
  /** The account of that name, however it is spelt; undefined when there is none. */
  find(name: string): Promise<StoredAccount | undefined>;
  /** An account that this name may be mistaken for: they have one of `likenesses(name)` in common. */
  lookalike(name: string): Promise<StoredAccount | undefined>;
  /**
   * Registers a name. Its cursor stands at the log's end: a new account is not given what was said before it.
   * @param distinct whether a name with a look-alike counts as taken too
   * @returns the new account, or undefined when the name is taken
   */
  create(name: string, hash: string, distinct?: boolean): Promise<StoredAccount | undefined>;
  /** Replaces the hash of an account's password. */
  setHash(id: number, hash: string): Promise<void>;
  /** Gives an account these roles, words of letters, digits and hyphens, in the place of those it has. */
  setRoles(id: number, roles: readonly string[]): Promise<void>;
  /** Notes when an account was last online. */
  setSeen(id: number, time: number): Promise<void>;
  /** Up to `limit` accounts that were online at `time` or later, those that were latest; the order is no matter. */
  seenSince(time: number, limit: number): Promise<Account[]>;
  /** Up to `limit` accounts in the order of their ids, those after the id `after`. */
  list(after: number, limit: number): Promise<StoredAccount[]>;
  /** Removes an account with all that waits for it. What it said stays in the log. */
  remove(id: number): Promise<void>;
}

export const Accounts = token<Accounts>('accounts');
