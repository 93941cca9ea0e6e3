import type { Entry, NewEntry, Room, SendKey } from '../api/entry.ts';
import type { StoredAccount } from './accounts.ts';
import type { Device } from './message-log.ts';
import { token } from './service.ts';
import type { StoredText } from './storage.ts';

/** An account with its devices and markers. */
export interface ArchivedAccount extends StoredAccount {
  /** The log's end when the account was created: earlier entries are not for it. */
  readonly since: number;
  readonly devices: readonly Device[];
  readonly markers: readonly (readonly [room: number, seq: number])[];
}

/** A period of an account's membership of a named room. */
export interface Membership {
  readonly account: number;
  readonly role: string;
  /** The id of the entry with which it joined: later entries are for the account. */
  readonly since: number;
  /** The id of the entry with which it left; 0 while it is a member. */
  readonly until: number;
}

/** A room with its present and past members. `everyone` is archived too, for its numbers. */
export interface ArchivedRoom extends Omit<Room, 'size'> {
  /** The number of its last entry that counts. */
  readonly seq: number;
  /** The id of its last entry. */
  readonly last: number;
  /** A named room's memberships, without forgotten ones and those of removed accounts. */
  readonly memberships: readonly Membership[];
  /** A direct conversation's members that have posted in it. */
  readonly spoke: readonly number[];
}

/** An entry, its origin, and whom it mentions. */
export interface ArchivedEntry extends Omit<Entry, 'members' | 'roomName'>, Pick<NewEntry, 'origin' | 'mentions'> {}

/** A key under which a message was sent. */
export interface ArchivedKey extends SendKey {
  /** The id of the message, which may have been trimmed. */
  readonly id: number;
}

/** The greatest ids ever assigned; new ones are above them. */
export interface ArchiveEnds {
  readonly account: number;
  readonly room: number;
  readonly entry: number;
}

/**
 * Exports and imports accounts, the log and plugins' data. To export while the server runs, read the accounts, then the
 * ends, then the rooms, entries and keys up to there: that includes every entry that is queued for one of the accounts.
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
  /** Begins an import, and discards an unfinished one. @returns false for a store that was ever used */
  begin(ends: ArchiveEnds): Promise<boolean>;
  /** Adds accounts as exported, after `begin`, each once. */
  addAccounts(accounts: readonly ArchivedAccount[]): Promise<void>;
  /** Adds rooms as exported, after the accounts, each once. */
  addRooms(rooms: readonly ArchivedRoom[]): Promise<void>;
  /** Adds entries as exported, after the rooms, in the order of their ids, each once. */
  addEntries(entries: readonly ArchivedEntry[]): Promise<void>;
  /** Adds keys, after the entries. */
  addKeys(keys: readonly ArchivedKey[]): Promise<void>;
  /**
   * Up to `limit` texts of `Storage` after the key `after`, by code point. A key is the collection, a slash and the key
   * within it. Stores written for an earlier version lack this method.
   */
  texts?(after: string, limit: number): Promise<readonly StoredText[]>;
  /** Adds texts as exported, after `begin`, each once. */
  addTexts?(texts: readonly StoredText[]): Promise<void>;
  /**
   * Adopts the signing key of another store, after `begin`, so that its tokens are valid here. Without this method users
   * log in again.
   */
  addSigningKey?(key: Uint8Array): Promise<void>;
  /**
   * Commits the import. Until then the store stays unused: an import that fails or is killed leaves nothing behind. A
   * store without this method keeps what was added, and a failed import must start again with another store.
   */
  finish?(): Promise<void>;
}

export const Archive = token<Archive>('archive');
