/** Opens a store, which brings its file to this version's schema, and tells its parent when that is done. */
import { registerModuleHooks } from '../../src/host/self.ts';

registerModuleHooks();
const { openStore } = await import('../../plugins/stores/sqlite/store.ts');

const [, , file = ''] = process.argv;
await openStore({ file, busyTimeout: 5000, owned: true, now: Date.now, migrating: () => process.send?.('began') });
process.send?.('opened');
