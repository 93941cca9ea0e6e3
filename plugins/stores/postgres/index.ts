import { Accounts, Archive, definePlugin, MessageLog, SearchIndex, Storage, StoreFacts, z } from 'chatserv';
import { openStore, type StoreOptions, unconnectedStore } from './store.ts';

export default definePlugin({
  name: 'postgres',
  summary: "Keeps accounts, messages and plugins' data in a PostgreSQL database, which several servers may share",
  options: z.strictObject({
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'a URL begins with postgres://')
      .optional()
      .describe(
        'The database, such as `postgres://chat@localhost/chat`; without it, PGHOST, PGDATABASE and so on apply',
      ),
    schema: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a schema has a name of lower-case letters, digits and underscores')
      .default('chatserv')
      .describe('The schema of the tables, which is created if it does not exist'),
    connections: z.int().min(2).max(1000).default(10).describe('The most connections of one server'),
    connectTimeout: z.int().positive().default(5000).describe('How long to wait for a connection, in milliseconds'),
    statementTimeout: z
      .int()
      .min(100)
      .default(10_000)
      .describe('How long a statement may take, or a transaction may pause, in milliseconds'),
  }),
  provides: {
    accounts: Accounts,
    messageLog: MessageLog,
    storage: Storage,
    archive: Archive,
    searchIndex: SearchIndex,
    facts: StoreFacts,
  },
  async setup({ options, clock, logger, server, dryRun }) {
    const all: StoreOptions = {
      ...options,
      now: () => clock.now(),
      lost: (cause) => logger.error({ event: 'store-error', err: cause }, cause.message),
      found: () => logger.info({ event: 'store-back' }, 'the database can be reached again'),
      clockDiffers(ahead) {
        const seconds = Math.round(ahead / 1000);
        const how = seconds > 0 ? `${seconds} s ahead of` : `${-seconds} s behind`;
        logger.warn({ event: 'clock-difference', seconds }, `the clock is ${how} PostgreSQL's: synchronise both`);
      },
      // A failure is logged by the store.
      accountsChanged: () => void server.recheckAccounts().catch(() => {}),
    };
    if (dryRun) return { provide: unconnectedStore(all) };
    const { close, ...services } = await openStore(all);
    return { provide: services, dispose: close };
  },
});
