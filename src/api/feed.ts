import type { Cursor, Entry } from './entry.ts';
import type { Message } from './message.ts';

/** Reads the log for a session. */
export interface InboxReader {
  /** The cursor of the session's device. Called once. */
  cursor(): Promise<Cursor>;
  /**
   * Up to a page of the entries for its account with ids above `after` and up to `upTo`, oldest first; none at the end.
   */
  read(after: number, upTo: number): Promise<readonly Entry[]>;
}

/** The delivery of messages to one session, for plugins that keep messages. */
export interface Feed {
  /** Whether new messages are delivered at once, with none queued before them. */
  readonly live: boolean;
  /** The greatest id delivered to the session. Its client may not have received or acknowledged it yet. */
  readonly given: number;
  /**
   * The id up to which the client has every message: it has acknowledged them, or the transport has taken them.
   * Infinity while it has all of them.
   */
  readonly settled: number;
  /**
   * The id up to which everything for the session was delivered, received or not; 0 while that is unknown. Moves the
   * device's cursor past what its own account posted.
   */
  readonly position: number;
  /** Set it to drop some entries before `onDeliver`, at no cost to other sessions. If it throws, an entry is delivered. */
  hides: ((message: Message) => boolean) | undefined;
  /**
   * Delivers the entries that the session lacks, as fast as its client reads, then goes live. New entries queue behind
   * them from the call on. Does nothing while an earlier call is still reading.
   * @returns when the first page is delivered, so that it precedes the first answer, or sooner for a client that reads
   * more slowly
   * @throws when the log cannot be read
   */
  catchUp(reader: InboxReader): Promise<void>;
}
