/** Fills the search index of a PostgreSQL database, as a server does, until it is killed. */
import { systemClock } from '../../src/host/clock.ts';
import { registerModuleHooks } from '../../src/host/self.ts';

registerModuleHooks();
const { openStore } = await import('../../plugins/stores/postgres/store.ts');
const { Indexer } = await import('../../plugins/messages/search/indexer.ts');
const { StoreIndex } = await import('../../plugins/messages/search/store-index.ts');

const [, , url = '', schema = ''] = process.argv;
const limits = { connections: 4, connectTimeout: 2000, statementTimeout: 5000 };
const { messageLog, searchIndex } = await openStore({ url, schema, ...limits, now: Date.now });
const logger = { debug() {}, info() {}, warn() {}, error: console.error };
new Indexer({ messageLog, clock: systemClock, logger, index: new StoreIndex(searchIndex) }).start();
