import { randomInt } from 'node:crypto';
import type { Account } from '../api/account.ts';
import type { Session } from '../api/session.ts';
import { token } from './service.ts';

/** An account as a store keeps it. */
export interface StoredAccount extends Account {
  /**
   * The password's hash, in the PHC string format or as the password plugin wrote it; '' without a password. `isBot`
   * recognises a bot's.
   */
  readonly hash: string;
  /** When the account was created, in milliseconds since 1970. */
  readonly created: number;
  /** When it was last online, in milliseconds since 1970; 0 for never. */
  readonly seen: number;
  /** Its roles, such as `admin`. */
  readonly roles: readonly string[];
  /**
   * A random integer below 2^48, replaced by a new password and `signOut`. A token or session from another
   * epoch of its account has expired.
   */
  readonly epoch: number;
}

/** Details of a new password hash. */
export interface HashChange {
  /** Whether it is the same password, hashed anew: the epoch stays. */
  readonly rehashed?: boolean;
  /** The session that changed the password, which stays logged in. For the server; a store ignores it. */
  readonly by?: Session;
}

/** The accounts of a store. Names are compared by `nameKey`. */
export interface Accounts {
  /**
   * Identifies the stored contents. Services with the same identity hold the same accounts and messages under the same
   * ids; a service without one matches only itself. A reload that would change the contents is refused: sessions refer
   * to accounts by id.
   */
  readonly identity?: string;
  /**
   * Whether the accounts are lost with the process: the command line, a separate process, then refuses to work on them.
   */
  readonly ephemeral?: boolean;
  /** The account with that id; undefined when there is none. */
  get(id: number): Promise<StoredAccount | undefined>;
  /** The account with that name, in any spelling; undefined when there is none. */
  find(name: string): Promise<StoredAccount | undefined>;
  /** An account that this name may be mistaken for: the two share one of `skeletons(name)`. */
  lookalike(name: string): Promise<StoredAccount | undefined>;
  /**
   * Registers a name. Its cursor starts at the log's end: a new account receives no earlier messages.
   * @param distinct whether a name with a look-alike counts as taken too
   * @returns the new account, or undefined when the name is taken
   */
  create(name: string, hash: string, distinct?: boolean): Promise<StoredAccount | undefined>;
  /** Replaces an account's password hash and begins a new epoch, which ends its tokens and sessions. */
  setHash(id: number, hash: string, change?: HashChange): Promise<void>;
  /**
   * Begins a new epoch of an account, which ends its tokens and sessions.
   * @param by the session that asked for it, which stays logged in. For the server; a store ignores it
   */
  signOut(id: number, by?: Session): Promise<void>;
  /**
   * 32 random bytes of this store, to sign tokens with. The first call generates them. They are kept with the accounts.
   * Archives lack them; only `chatserv migrate` copies them.
   * @param renew generates new ones, which invalidates everything signed before
   */
  signingKey(renew?: boolean): Promise<Uint8Array>;
  /**
   * Renames an account, possibly to another spelling of its name. Its epoch stays. The log keeps the name that each
   * message was sent under.
   * @param distinct whether a look-alike of another account's name counts as taken too
   * @returns the account under its new name, or undefined when the name is taken or there is no such account
   */
  rename(id: number, name: string, distinct?: boolean): Promise<StoredAccount | undefined>;
  /** Replaces an account's roles: words of letters, digits and hyphens. */
  setRoles(id: number, roles: readonly string[]): Promise<void>;
  /** Records when an account was last online. */
  setSeen(id: number, time: number): Promise<void>;
  /** The `limit` most recent accounts that were online at `time` or later, in any order. */
  seenSince(time: number, limit: number): Promise<Account[]>;
  /** Up to `limit` accounts with ids above `after`, by id. */
  list(after: number, limit: number): Promise<StoredAccount[]>;
  /** Removes an account and its inbox. Its messages stay in the log. */
  remove(id: number): Promise<void>;
}

export const Accounts = token<Accounts>('accounts');

/** A new epoch. It is random, so that none repeats after a backup is restored. */
export function newEpoch(): number {
  return randomInt(2 ** 48 - 1);
}
