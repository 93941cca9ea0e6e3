import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '../../plugins/stores/memory.ts';
import { openStore } from '../../plugins/stores/sqlite/store.ts';
import { accountsContract } from './accounts.ts';
import { archiveContract } from './archive.ts';
import { blocksContract } from './blocks.ts';
import { logContract } from './log.ts';
import type { Open } from './stores.ts';

const stores: Record<string, Open> = {
  memory: async () => ({ ...memoryStore(Date.now), close: async () => {} }),

  async sqlite() {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-stores-'));
    const store = await openStore({ file: join(folder, 'chatserv.db'), busyTimeout: 5000, now: Date.now });
    return {
      ...store,
      async close() {
        await store.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};

for (const [name, open] of Object.entries(stores)) {
  accountsContract(name, open);
  blocksContract(name, open);
  logContract(name, open);
  for (const [other, openOther] of Object.entries(stores)) archiveContract(`${name}, from ${other}`, open, openOther);
}
