/** The cases that every store must pass, the standard ones and yours. They run with vitest and fast-check. */
import { accountsContract } from './contracts/accounts.ts';
import { messageLogContract } from './contracts/message-log.ts';
import { storageContract } from './contracts/storage.ts';
import type { Open } from './contracts/store.ts';

export { archiveContract } from './contracts/archive.ts';
export type { OpenLog, OpenMessageLog } from './contracts/message-log/fixture.ts';
export { messageLogContract } from './contracts/message-log.ts';
export type { Open, OpenArchive, OpenStore } from './contracts/store.ts';
export { type OpenTransport, transportContract } from './contracts/transport.ts';

/**
 * Defines the tests that every store must pass: `Accounts`, `MessageLog` and `Storage`.
 * @param name the store's name in test titles
 * @param open opens an unused store for each group of tests
 */
export function storeContract(name: string, open: Open): void {
  accountsContract(name, open);
  messageLogContract(name, open);
  storageContract(name, open);
}
