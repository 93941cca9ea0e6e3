import { token } from './service.ts';

/** A store's statistics, for operators. */
export interface StoreFacts {
  /** The path of the store's file, for files that a plugin keeps beside it; undefined if it is no file. */
  readonly file?: string;
  /** @throws when they cannot be read */
  read(): Promise<{
    /** Pending requests. */
    readonly waiting: number;
    /** Requests answered since the start. */
    readonly requests: number;
    /** The batches of these requests: a batch shares one write to the disk. */
    readonly batches: number;
    /** The store's size on disk, in bytes. */
    readonly bytes: number;
  }>;
}

export const StoreFacts = token<StoreFacts>('store-facts');
