import { Accounts, Archive, definePlugin, Log, Storage } from 'chatserv';
import { memoryStore } from './store.ts';

export default definePlugin({
  name: 'memory',
  summary: "Keeps accounts, messages and plugins' data in memory, and loses them when the server ends",
  provides: { accounts: Accounts, log: Log, storage: Storage, archive: Archive },
  setup: ({ clock, keep }) => ({ provide: keep('store', () => memoryStore(() => clock.now())) }),
});
