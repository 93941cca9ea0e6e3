import type { Duplicate } from '../kernel/message.ts';
import { token } from './service.ts';

/** Whom an entry is for: every account that there is when it is read, or the named ones (by id). */
export type EntryAudience = 'everyone' | readonly number[];

/** A message on its way into the log. */
export interface NewEntry {
  /** The sender's account id; 0 for what no account said. */
  readonly sender: number;
  /** The sender's name, as shown. */
  readonly from: string;
  readonly audience: EntryAudience;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What its sender calls it: a second message of the sender under the same key is a duplicate, and not added. */
  readonly key?: string | undefined;
  /** With a key: the names that the sender is told are unknown, for the answer to a retry. */
  readonly unknown?: readonly string[];
  /** A word that stands for the network that the sender is in, to count by. */
  readonly origin?: string | undefined;
}

/** A message in the log, as it is read for one account. */
export interface Entry {
  /** Its place in the log: later messages have greater ids. */
  readonly id: number;
  readonly sender: number;
  readonly from: string;
  /** Whether it is for everyone, and not for accounts by name. */
  readonly everyone: boolean;
  readonly text: string;
  readonly time: number;
}

/** How far an account has come in the log. */
export interface Cursor {
  /** The id up to which it has everything. */
  readonly id: number;
  /** The id up to which messages were handed over and may have arrived; never below `id`. */
  readonly handed: number;
}

/** How much waits for an account by name. */
export interface WaitingCount {
  readonly all: number;
  /** How much of it is from the sender. */
  readonly own: number;
  /** How much of it comes from the origin. A store that lacks this has no limits by origin. */
  readonly sameOrigin?: number;
  /**
   * Whether the account itself has said something that names the sender, lately: a store may forget all but the last
   * 1,000 such others. A store that lacks this treats all senders alike.
   */
  readonly isContact?: boolean;
}

/** What a log keeps, whoever still waits for it. */
export interface Retention {
  /** Messages said before this time go, in milliseconds since 1970. */
  readonly before: number;
  /** So many messages stay at most, the latest ones. */
  readonly most: number;
  /**
   * What the time is, in milliseconds since 1970. A message is at least as young as one that was said before it; one that
   * is later than now has a wrong time, and says nothing about those after it.
   */
  readonly now?: number;
  /** Keys of messages said before this time go, and all but those of the latest `most` ids. */
  readonly keysSince: number;
}

/**
 * Every message that was said, in order, and a cursor for each account.
 * What lies past the cursor and is for the account is its inbox. A store that provides accounts provides the log too.
 */
export interface Log {
  /** Names the stored contents, as `Accounts.identity` does. */
  readonly identity?: string;
  /**
   * Adds a message: one row whoever it is for. Ids rise in the order of the calls, and the promises of several calls
   * resolve in that order. A message whose key its sender has used before is not added: looking for the key and adding
   * the message are one step, also when both copies are appended at the same moment.
   * @returns its id, once the message is durable, or the message that it duplicates. A store that always adds it, and
   * gives an id, lets two copies through that reach it at the same moment.
   * @throws when it could not be kept; then it is not in the log
   */
  append(entry: NewEntry): Promise<number | Duplicate>;
  /**
   * What the account said under this key: its id and the names that were unknown then, or, in a store that does not know
   * those, the id alone. Found also when the message itself is gone, until `Retention.keysSince`. What was appended
   * before the call is found, and durable when it resolves.
   */
  find(sender: number, key: string): Promise<Duplicate | number | undefined>;
  /**
   * Up to `limit` entries for the account with ids above `after`, oldest first.
   * What goes to everyone leaves its own sender out.
   */
  read(account: number, after: number, limit: number): Promise<Entry[]>;
  /**
   * How many entries with ids above `after` name the account; it counts up to `most` and no further. Those to everyone do
   * not name it, and those to many accounts (more than 32) need not count.
   * @param origin counts those that come from there
   */
  count(account: number, sender: number, after: number, most: number, origin?: string): Promise<WaitingCount>;
  /** How far the account had come when cursors were last written; how many messages wait now, `Inbox.waiting` knows. */
  cursor(account: number): Promise<Cursor>;
  /** Moves cursors; what would move back stays. Durable when it resolves. */
  moveCursors(moves: readonly (readonly [account: number, id: number, handed: number])[]): Promise<void>;
  /**
   * Forgets what everyone has whom it is for, and what the retention lets go; a part of it at a time, oldest first, so
   * that others are not kept waiting. What somebody within the retention does not have stays.
   * @returns whether there may be more to forget: then it is worth calling again
   */
  trim(retention: Retention): Promise<boolean>;
  /**
   * Removes what a sender said and somebody still waits for, also where others have it already. Keys stay, so that a
   * retry does not say it again.
   * @param sender an account's id; or a name, as shown, of accounts that are removed
   * @returns how many messages were removed
   */
  removeFrom?(sender: number | string): Promise<number>;
  /**
   * When the latest message was said that the log knows of, be it by its key only; undefined when it knows of none. A
   * store that lacks this has its messages age by the time of day from the start.
   */
  latest?(): Promise<number | undefined>;
  /**
   * Finds out whether messages can be kept now, at next to no cost: it is called every few seconds. After a failure it
   * must try more, so that it resolves only when appending works again.
   * @throws why not, as a sentence
   */
  check?(): Promise<void>;
}

export const Log = token<Log>('log');
