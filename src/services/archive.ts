import type { StoredAccount } from './accounts.ts';
import type { NewEntry } from './log.ts';
import { token } from './service.ts';
import type { StoredText } from './storage.ts';

/** An account with its place in the log. */
export interface ArchivedAccount extends StoredAccount {
  /** The log's end when the account was made: what was said before is not for it. */
  readonly since: number;
  /** The id up to which it has everything. */
  readonly cursor: number;
  /** The id up to which messages were handed over and may have arrived. */
  readonly handed: number;
}

/** A message with its place in the log. Of the accounts it names those may be missing that have it. */
export interface ArchivedMessage extends NewEntry {
  readonly id: number;
}

/** The greatest ids that were ever given; what comes next is above them. */
export interface ArchiveEnds {
  readonly account: number;
  readonly message: number;
}

/**
 * Accounts, log and plugins' data, to be taken elsewhere. Who reads the accounts, then the ends and then the messages up
 * to there, while the server runs, has every message that one of these accounts waits for. A store provides it.
 */
export interface Archive {
  ends(): Promise<ArchiveEnds>;
  /** Up to `limit` accounts in the order of their ids, those after the id `after`. */
  accounts(after: number, limit: number): Promise<ArchivedAccount[]>;
  /** Up to `limit` messages in the order of their ids, those after the id `after`. */
  messages(after: number, limit: number): Promise<ArchivedMessage[]>;
  /** Begins an import, in place of one that was not finished. @returns whether it could: not into a store that was ever used */
  begin(ends: ArchiveEnds): Promise<boolean>;
  /** Adds accounts as they were in the other store, after `begin`, each once. */
  addAccounts(accounts: readonly ArchivedAccount[]): Promise<void>;
  /** Adds messages as they were in the other store, after the accounts, in the order of their ids, each once. */
  addMessages(messages: readonly ArchivedMessage[]): Promise<void>;
  /**
   * Up to `limit` texts of `Storage`, each under its collection and key with a slash between, in the order of their code
   * points, those after the text `after`. A store of an earlier version lacks it.
   */
  texts?(after: string, limit: number): Promise<readonly StoredText[]>;
  /** Adds texts as they were in the other store, after `begin`, each once. */
  addTexts?(texts: readonly StoredText[]): Promise<void>;
  /**
   * Commits the import. Until then the store holds nothing of it: an import that ends early, because something is wrong
   * or the process is killed, leaves the store unused. A store without this method keeps what it was given, and an
   * import that ends early must begin again with another store.
   */
  finish?(): Promise<void>;
}

export const Archive = token<Archive>('archive');
