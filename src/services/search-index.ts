import { token } from './service.ts';

/** A message, as an index has it. */
export interface IndexedMessage {
  readonly id: number;
  readonly room: number;
  readonly sender: number;
  /** The members of a direct conversation. */
  readonly members?: readonly number[] | undefined;
  /** In milliseconds since 1970. */
  readonly time: number;
  /** The words of its text, in their order. */
  readonly words: readonly string[];
}

/**
 * A change of an index: a new message; the words that an edit gives a message, where the edit 0 is the original; or a
 * message that is gone. What concerns a message that the index lacks is ignored.
 */
export type IndexChange =
  | readonly [kind: 'add', message: IndexedMessage]
  | readonly [kind: 'edit', id: number, edit: number, words: readonly string[]]
  | readonly [kind: 'remove', id: number];

/** What entries of the log change in an index. */
export interface IndexBatch {
  /** The entry before them: the index must have everything up to it. */
  readonly after: number;
  /** The last of them. */
  readonly upTo: number;
  /** In the order of the entries. */
  readonly changes: readonly IndexChange[];
}

/** How far an index is. */
export interface IndexState {
  /** It has everything up to this entry. */
  readonly cursor: number;
  /** Whether the batch was added. */
  readonly isApplied: boolean;
}

/** The messages that an account may read: all with ids between `since` and `until` (0: no end) in a room. */
export type ReadableRoom = readonly [room: number, since: number, until: number];

/** A search. Messages must meet all conditions. */
export interface IndexQuestion {
  /** Words and phrases, each as its words: a text must contain them in a row. */
  readonly phrases: readonly (readonly string[])[];
  readonly sender?: number | undefined;
  readonly rooms: readonly ReadableRoom[];
  /** An account whose direct conversations count too, from the id `since` on. */
  readonly member?: { readonly account: number; readonly since: number } | undefined;
  /** Only messages with lower ids. */
  readonly below: number;
  /** Only messages from this time on and before the other, in milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  /** After how long to answer with what was found so far, in milliseconds. */
  readonly time: number;
}

/** What a search has found, latest first. */
export interface IndexAnswer {
  /** Messages, and the edits that their words are from; 0 for the original. */
  readonly found: readonly (readonly [id: number, edit: number])[];
  /** Where to go on, as `below`, if the limit or the time was reached. */
  readonly reached?: number;
}

/**
 * An index of the words in the log, which all servers of a store share. A store that lacks it is searched by an index of
 * each server. The plugin `search` splits texts into words, and adds them behind the log; several servers may do so at
 * once. The store removes what is redacted or trimmed, in the same transaction.
 */
export interface SearchIndex {
  /**
   * How far the index is: it has everything up to this entry. One of an earlier version is emptied, and begins anew.
   * @param version numbers the rules by which texts are split. An index of a later version counts as complete
   * @throws when it cannot be read
   */
  cursor(version: number): Promise<number>;
  /**
   * Adds a batch, whole or not at all. It is ignored if it does not follow what the index has, because another server
   * was faster. What was redacted in the meantime is left out.
   * @throws when it cannot be written
   */
  apply(version: number, batch: IndexBatch): Promise<IndexState>;
  /**
   * Finds messages. In very long texts it may take scattered words for a phrase.
   * @throws when it cannot be read
   */
  search(question: IndexQuestion): Promise<IndexAnswer>;
}

export const SearchIndex = token<SearchIndex>('search-index');
