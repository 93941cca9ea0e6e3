import { archiveContract, storeContract } from 'chatserv/testing/contracts';
import { memoryStore } from '../../plugins/stores/memory/store.ts';

const open = async () => ({ ...memoryStore(Date.now), close: async () => {} });
storeContract('memory', open);
archiveContract('memory', open, open);
