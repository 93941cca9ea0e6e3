import { Accounts, Archive, Backup, Blocks, definePlugin, Log, StoreFacts, z } from 'chatserv';
import { Ownership } from './ownership.ts';
import { realPlace } from './place.ts';
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
  async setup({ options, clock, path, keep, exclusive, logger, server }) {
    const file = path(options.file);
    if (exclusive) {
      const place = realPlace(file);
      await keep(
        `owner of ${place}`,
        () => new Ownership(place),
        (ownership) => ownership.release(),
      ).take();
    }
    const { close, ...services } = await openStore({
      file,
      busyTimeout: options.busyTimeout,
      owned: exclusive,
      now: () => clock.now(),
      lost: (why) => logger.error({ event: 'store-error', file }, why),
      // The command line, for one. A failure is logged there.
      writtenByAnother: () => void server.recheckAccounts().catch(() => {}),
    });
    return { provide: services, dispose: close };
  },
});
