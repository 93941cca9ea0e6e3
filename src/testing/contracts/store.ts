import type { Accounts, Archive, Log, NewEntry, Storage } from '../../index.ts';

/** What a store provides, and how a suite ends it. */
export interface OpenStore {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly storage: Storage;
  close(): Promise<void>;
  /** Closes it and opens the same contents again, where they outlive the process. */
  reopen?(): Promise<OpenStore>;
}

/** One whose accounts and log can be taken elsewhere. */
export interface OpenArchive extends OpenStore {
  readonly archive: Archive;
}

/** Opens a store that nobody has used. */
export type Open<Store extends OpenStore = OpenStore> = () => Promise<Store>;

/** Appends a message that is no duplicate. @returns its id */
export async function appendNew({ log }: OpenStore, entry: NewEntry): Promise<number> {
  const id = await log.append(entry);
  if (typeof id === 'object') throw new Error(`it is a duplicate of the message ${id.duplicateOf}`);
  return id;
}
