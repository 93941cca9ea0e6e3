import type { IndexAnswer, IndexChange, IndexQuestion, IndexState, SearchIndex } from 'chatserv';
import { IndexFailure } from './index-failure.ts';
import type { TextBatch, TextChange, TextIndex } from './text-index.ts';
import { VERSION, wordsIn } from './words.ts';

/** The index of a store, which all servers fill. */
export class StoreIndex implements TextIndex {
  /** The store may be back soon. */
  readonly retry = 2000;
  readonly #index: SearchIndex;

  constructor(index: SearchIndex) {
    this.#index = index;
  }

  open(): Promise<number> {
    return asked(this.#index.cursor(VERSION));
  }

  async apply({ after, upTo, changes }: TextBatch): Promise<IndexState> {
    const cursor = await this.open();
    if (cursor !== after) return { cursor, isApplied: false };
    return asked(this.#index.apply(VERSION, { after, upTo, changes: changes.map(split) }));
  }

  search(question: IndexQuestion): Promise<IndexAnswer> {
    return asked(this.#index.search(question));
  }
}

function split(change: TextChange): IndexChange {
  if (change[0] === 'add') {
    const { text, ...message } = change[1];
    return ['add', { ...message, words: wordsIn(text) }];
  }
  return change[0] === 'edit' ? ['edit', change[1], change[2], wordsIn(change[3])] : change;
}

async function asked<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    throw new IndexFailure((error as Error).message, 'unusable', { cause: error });
  }
}
