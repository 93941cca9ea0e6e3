import { Accounts, definePlugin, Ignores, MessageLog, SearchIndex, StoreFacts, z } from 'chatserv';
import { IndexThread } from './index-thread.ts';
import { Indexer } from './indexer.ts';
import { LocalIndex } from './local-index.ts';
import { searchCommand } from './search-command.ts';
import { StoreIndex } from './store-index.ts';

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
          'name. `false`, or a store without a file: it is in memory. With `postgres` it is in the database, unless this is set',
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
  wants: { ignores: Ignores, store: StoreFacts, shared: SearchIndex },
  setup({ options, accounts, ignores, messageLog, store, shared, server, logger, clock, path, hotState, quota }) {
    const beside = store?.file === undefined ? undefined : store.file + SUFFIX;
    const file = typeof options.file === 'string' ? path(options.file) : options.file === false ? undefined : beside;
    const usesStore = shared !== undefined && options.file === undefined;

    function localIndex(): LocalIndex {
      const thread = hotState(
        `index ${file ?? 'in memory'}`,
        () => new IndexThread(),
        (one) => one.close(),
      );
      const most = file === undefined ? options.maxInMemory : Number.MAX_SAFE_INTEGER;
      return new LocalIndex({ messageLog, clock, thread, file, most });
    }

    const index = usesStore ? new StoreIndex(shared) : localIndex();
    const indexer = new Indexer({ messageLog, clock, logger, index });
    return {
      commands: [
        searchCommand(options, { accounts, messageLog, server, clock, indexer, quota: quota('searches'), ignores }),
      ],
      start() {
        // One in memory is made at the first search.
        if (usesStore || file !== undefined) indexer.start();
      },
      dispose: () => indexer.stop(),
    };
  },
});
