import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveContract, type Open, type OpenArchive, storeContract } from 'chatserv/testing/contracts';
import { memoryStore } from '../../plugins/stores/memory/store.ts';
import { openStore } from '../../plugins/stores/sqlite/store.ts';

const stores: Record<string, Open<OpenArchive>> = {
  memory: async () => ({ ...memoryStore(Date.now), close: async () => {} }),

  async sqlite() {
    const folder = await mkdtemp(join(tmpdir(), 'chatserv-stores-'));
    return openSqlite(folder);
  },
};

async function openSqlite(folder: string): Promise<OpenArchive> {
  const again = () => openStore({ file: join(folder, 'chatserv.db'), busyTimeout: 5000, now: Date.now });
  const store = await again();
  return {
    ...store,
    again,
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
    async reopen() {
      await store.close();
      return openSqlite(folder);
    },
  };
}

for (const [name, open] of Object.entries(stores)) {
  storeContract(name, open);
  for (const [other, openOther] of Object.entries(stores)) archiveContract(`${name}, from ${other}`, open, openOther);
}
