import type { IndexAnswer, IndexBatch, IndexedMessage, IndexQuestion, IndexState } from 'chatserv';

/** A change as `IndexChange`, with the text in place of its words. */
export type TextChange =
  | readonly [kind: 'add', message: Omit<IndexedMessage, 'words'> & { readonly text: string }]
  | readonly [kind: 'edit', id: number, edit: number, text: string]
  | readonly [kind: 'remove', id: number];

/** Entries of the log in a row, as far as they concern the index. */
export interface TextBatch extends Omit<IndexBatch, 'changes'> {
  /** When the last of them was appended, in milliseconds since 1970; 0 where that is unknown. */
  readonly time: number;
  readonly changes: readonly TextChange[];
}

/** An index that the indexer fills: one of this server, or the store's. */
export interface TextIndex {
  /** How long to wait after a failure, in milliseconds. */
  readonly retry: number;
  /** Where it is, for the log. */
  readonly file?: string | undefined;
  /** Begins whatever else it does. @param fail is told of failures outside of calls */
  start?(fail: (error: Error) => void): void;
  stop?(): void;
  /**
   * Opens it.
   * @param head the end of the log
   * @param fresh whether to begin anew
   * @returns the entry up to which it has everything
   * @throws IndexFailure
   */
  open(head: number, fresh: boolean): Promise<number>;
  /** Adds a batch that follows what it has; ignores others. @throws IndexFailure */
  apply(batch: TextBatch): Promise<IndexState>;
  /** @throws IndexFailure */
  search(question: IndexQuestion): Promise<IndexAnswer>;
}
