import { Accounts, Archive, Blocks, definePlugin, Log } from 'chatserv';
import { memoryStore } from './store.ts';

export default definePlugin({
  name: 'memory',
  summary: 'Keeps accounts, messages and blocks in memory, and loses them when the server ends',
  provides: { accounts: Accounts, log: Log, blocks: Blocks, archive: Archive },
  setup: ({ clock, keep }) => ({ provide: keep('store', () => memoryStore(() => clock.now())) }),
});
