import { Accounts, definePlugin, Ignores, MessageLog, StoreFacts, z } from 'chatserv';
import { IndexThread } from './index-thread.ts';
import { Indexer } from './indexer.ts';
import { searchCommand } from './search-command.ts';

/** Follows the name of the store's file. */
const SUFFIX = '-search';

export default definePlugin({
  name: 'search',
  summary: 'Finds messages that a user may read, by their words',
  options: z.strictObject({
    file: z
      .union([z.string().min(1), z.literal(false)])
      .optional()
      .describe(
        "The index, relative to the config's folder; by default it is beside the store's file, with `-search` after its " +
          'name. `false`, or a store without a file: it is in memory',
      ),
    maxInMemory: z
      .int()
      .positive()
      .default(100_000)
      .describe('The most messages of an index in memory; the latest can be found'),
    perMinute: z.int().positive().default(30).describe('How many searches a user may make within a minute'),
    pageSize: z.int().positive().default(20).describe('How many messages an answer has without `limit:`'),
    maxPageSize: z.int().positive().default(100).describe('The most messages of an answer'),
    maxLength: z.int().positive().default(256).describe('The longest search, in characters'),
    maxSearches: z.int().positive().default(64).describe('How many searches may be under way at once, of all users'),
    searchTime: z
      .number()
      .positive()
      .default(2)
      .describe('After how long a search answers with what it has found so far, in seconds'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  wants: { ignores: Ignores, store: StoreFacts },
  setup({ options, accounts, ignores, messageLog, store, server, logger, clock, path, hotState, quota }) {
    const { maxInMemory } = options;
    const beside = store?.file === undefined ? undefined : store.file + SUFFIX;
    const file = typeof options.file === 'string' ? path(options.file) : options.file === false ? undefined : beside;
    const thread = hotState(
      `index ${file ?? 'in memory'}`,
      () => new IndexThread(),
      (one) => one.close(),
    );
    const most = file === undefined ? maxInMemory : Number.MAX_SAFE_INTEGER;
    const indexer = new Indexer({ messageLog, clock, logger, thread, file, most });
    return {
      commands: [
        searchCommand(options, { accounts, messageLog, server, clock, indexer, quota: quota('searches'), ignores }),
      ],
      start() {
        // One in memory is made at the first search.
        if (file !== undefined) indexer.start();
      },
      dispose: () => indexer.stop(),
    };
  },
});
