import { archiveContract, type OpenArchive, storeContract } from 'chatserv/testing/contracts';
import { describe } from 'vitest';
import { memoryStore } from '../../plugins/stores/memory/store.ts';
import { openStore } from '../../plugins/stores/postgres/store.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';

describe.runIf(POSTGRES !== undefined)('in PostgreSQL', () => {
  const server = usePostgres();

  async function openPostgres(options = server.options()): Promise<OpenArchive> {
    const again = () => openStore(options);
    const store = await again();
    return {
      ...store,
      again,
      async reopen() {
        await store.close();
        return openPostgres(options);
      },
    };
  }
  const openMemory = async () => ({ ...memoryStore(Date.now), close: async () => {} });

  storeContract('postgres', () => openPostgres());
  archiveContract(
    'postgres, from postgres',
    () => openPostgres(),
    () => openPostgres(),
  );
  archiveContract('postgres, from memory', () => openPostgres(), openMemory);
  archiveContract('memory, from postgres', openMemory, () => openPostgres());
});
