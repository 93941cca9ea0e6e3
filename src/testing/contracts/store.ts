import type { Accounts, Archive, Storage } from '../../index.ts';
import type { OpenMessageLog } from './message-log/fixture.ts';

/** What a store provides, and how a suite ends it. */
export interface OpenStore extends OpenMessageLog {
  readonly accounts: Accounts;
  readonly storage: Storage;
  /** Closes it and opens the same contents again, where they outlive the process. */
  reopen?(): Promise<OpenStore>;
}

/** One whose accounts and log can be taken elsewhere. */
export interface OpenArchive extends OpenStore {
  readonly archive: Archive;
}

/** Opens a store that nobody has used. */
export type Open<Store extends OpenStore = OpenStore> = () => Promise<Store>;
