import type { Accounts, Archive, Storage } from '../../index.ts';
import type { OpenMessageLog } from './message-log/fixture.ts';

/** A store's services, and a way to close it. */
export interface OpenStore extends OpenMessageLog {
  readonly accounts: Accounts;
  readonly storage: Storage;
  /** Closes the store and opens the same contents again; absent if they do not outlive the process. */
  reopen?(): Promise<OpenStore>;
}

/** A store with an archive. */
export interface OpenArchive extends OpenStore {
  readonly archive: Archive;
}

/** Opens an unused store. */
export type Open<Store extends OpenStore = OpenStore> = () => Promise<Store>;
