import { Accounts, Archive, Backup, Blocks, definePlugin, Log, StoreFacts, z } from 'chatserv';
import { openStore } from './store.ts';

export default definePlugin({
  name: 'sqlite',
  summary: 'Keeps accounts, messages and blocks in an SQLite file',
  options: z.strictObject({
    file: z.string().min(1).default('data/chatserv.db').describe("The database, relative to the config's folder"),
    busyTimeout: z
      .int()
      .nonnegative()
      .default(5000)
      .describe('How long to wait while another program writes to the file, in milliseconds'),
  }),
  provides: { accounts: Accounts, log: Log, blocks: Blocks, archive: Archive, backup: Backup, facts: StoreFacts },
  async setup({ options, clock, path }) {
    const { close, ...services } = await openStore({
      file: path(options.file),
      busyTimeout: options.busyTimeout,
      now: () => clock.now(),
    });
    return { provide: services, dispose: close };
  },
});
