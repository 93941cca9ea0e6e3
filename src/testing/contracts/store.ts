import type { Accounts, Archive, Blocks, Log } from '../../index.ts';

/** What a store provides, and how a suite ends it. */
export interface OpenStore {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly blocks: Blocks;
  close(): Promise<void>;
}

/** One whose accounts and log can be taken elsewhere. */
export interface OpenArchive extends OpenStore {
  readonly archive: Archive;
}

/** Opens a store that nobody has used. */
export type Open<Store extends OpenStore = OpenStore> = () => Promise<Store>;
