import type { Accounts, Archive, Blocks, Log } from '../../index.ts';

/** What a store provides, and how a suite ends it. */
export interface OpenStore {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly blocks: Blocks;
  readonly archive: Archive;
  close(): Promise<void>;
}

/** Opens a store that nobody has used. */
export type Open = () => Promise<OpenStore>;
