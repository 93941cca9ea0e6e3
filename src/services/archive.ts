import type { Entry, Room, SendKey } from '../kernel/entry.ts';
import type { StoredAccount } from './accounts.ts';
import type { Device } from './message-log.ts';
import { token } from './service.ts';
import type { StoredText } from './storage.ts';

/** An account with its devices and markers. */
export interface ArchivedAccount extends StoredAccount {
  /** The log's end when the account was made: what was appended before is not for it. */
  readonly since: number;
  readonly devices: readonly Device[];
  readonly markers: readonly (readonly [room: number, seq: number])[];
}

/** A time for which an account was a member of a named room. */
export interface Membership {
  readonly account: number;
  readonly role: string;
  /** The id of the entry with which it joined: what follows is for the account. */
  readonly since: number;
  /** The id of the entry with which it left; 0 while it is a member. */
  readonly until: number;
}

/** A room with those who are or were in it. `everyone` is archived too, for its numbers. */
export interface ArchivedRoom extends Room {
  /** The number of its last entry that counts. */
  readonly seq: number;
  /** The id of its last entry. */
  readonly last: number;
  /** Of a named room; without those that were forgotten, and of those who are removed. */
  readonly memberships: readonly Membership[];
  /** Of a direct conversation: the members that have said something in it. */
  readonly spoke: readonly number[];
}

/** An entry with what the log knows of it beside. */
export interface ArchivedEntry extends Omit<Entry, 'members'> {
  readonly origin?: string | undefined;
}

/** A key under which a message was sent. */
export interface ArchivedKey extends SendKey {
  /** The id of the message, which may be gone. */
  readonly id: number;
}

/** The greatest ids that were ever given; what comes next is above them. */
export interface ArchiveEnds {
  readonly account: number;
  readonly room: number;
  readonly entry: number;
}

/**
 * Accounts, log and plugins' data, to be taken elsewhere. Whoever reads the accounts, then the ends, then the rooms, the
 * entries and the keys up to there, while the server runs, has every entry that one of these accounts waits for.
 */
export interface Archive {
  ends(): Promise<ArchiveEnds>;
  /** Up to `limit` accounts with ids above `after`, by id. */
  accounts(after: number, limit: number): Promise<ArchivedAccount[]>;
  /** Up to `limit` rooms with ids above `after`, by id. */
  rooms(after: number, limit: number): Promise<ArchivedRoom[]>;
  /** Up to `limit` entries with ids above `after`, by id. */
  entries(after: number, limit: number): Promise<ArchivedEntry[]>;
  /** Up to `limit` keys of messages with ids above `after`, by the message's id. */
  keys(after: number, limit: number): Promise<ArchivedKey[]>;
  /** Begins an import, in place of one that was not finished. @returns whether it could: not into a store that was ever used */
  begin(ends: ArchiveEnds): Promise<boolean>;
  /** Adds accounts as they were in the other store, after `begin`, each once. */
  addAccounts(accounts: readonly ArchivedAccount[]): Promise<void>;
  /** Adds rooms as they were in the other store, after the accounts, each once. */
  addRooms(rooms: readonly ArchivedRoom[]): Promise<void>;
  /** Adds entries as they were in the other store, after the rooms, in the order of their ids, each once. */
  addEntries(entries: readonly ArchivedEntry[]): Promise<void>;
  /** Adds keys, after the entries. */
  addKeys(keys: readonly ArchivedKey[]): Promise<void>;
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
