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
}

/** A message in the log, as it is read for one account. */
export interface Entry {
  /** Its place in the log: later messages have greater ids. */
  readonly id: number;
  readonly sender: number;
  readonly from: string;
  readonly text: string;
  readonly time: number;
}

/**
 * Every message that was said, in order, and a cursor for each account.
 * What lies past the cursor and is for the account is its inbox. A store that provides accounts provides the log too.
 */
export interface Log {
  /**
   * Adds a message: one row whoever it is for. Ids rise in the order of the calls, and the promises of several calls
   * resolve in that order.
   * @returns its id, once the message is durable
   * @throws when it could not be kept; then it is not in the log
   */
  append(entry: NewEntry): Promise<number>;
  /**
   * Up to `limit` entries for the account with ids above `after`, oldest first.
   * What goes to everyone leaves its own sender out.
   */
  read(account: number, after: number, limit: number): Promise<Entry[]>;
  /** The id up to which the account has been given everything. */
  cursor(account: number): Promise<number>;
  /** Moves cursors, [account, id] each; one that would move back stays. Durable when it resolves. */
  moveCursors(moves: readonly (readonly [account: number, id: number])[]): Promise<void>;
}

export const Log = token<Log>('log');
