import { Accounts, Archive, definePlugin, MessageLog, Storage } from 'chatserv';
import { memoryStore } from './store.ts';

export default definePlugin({
  name: 'memory',
  summary: "Keeps accounts, messages and plugins' data in memory, and loses them when the server stops",
  provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage, archive: Archive },
  setup: ({ clock, hotState }) => ({ provide: hotState('store', () => memoryStore(() => clock.now())) }),
});
