import { token } from './service.ts';

/** What a store tells of its work, for who looks after it. */
export interface StoreFacts {
  /** @throws when it cannot be found out */
  read(): Promise<{
    /** Requests that wait for their answer. */
    readonly waiting: number;
    /** Requests that were answered since the start. */
    readonly requests: number;
    /** In how many batches: the requests of a batch share one write to the disk. */
    readonly batches: number;
    /** What the store takes up on its disk, in bytes. */
    readonly bytes: number;
  }>;
}

export const StoreFacts = token<StoreFacts>('store-facts');
