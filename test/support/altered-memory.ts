import { Accounts, definePlugin, MessageLog, Storage } from 'chatserv';
import { memoryStore } from '../../plugins/stores/memory/store.ts';

/** What a store provides to the server. */
interface Services {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly storage: Storage;
}

/** Methods that replace those of a memory store. */
type Altered = { readonly [Service in keyof Services]?: Partial<Services[Service]> };

/**
 * A memory store with some of its methods replaced, for a config without the plugin `memory`.
 * @param alter is given the original services, and returns the methods to replace
 * @param dispose called when the store is closed
 */
export function alteredMemory(alter: (original: Services) => Altered, dispose?: () => void) {
  return definePlugin({
    name: 'altered-memory',
    summary: 'Keeps everything in memory, with some methods replaced',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup({ clock }) {
      const { accounts, messageLog, storage } = memoryStore(() => clock.now());
      const altered = alter({ accounts, messageLog, storage });
      return {
        provide: {
          accounts: { ...accounts, ...altered.accounts },
          messageLog: { ...messageLog, ...altered.messageLog },
          storage: { ...storage, ...altered.storage },
        },
        ...(dispose && { dispose }),
      };
    },
  });
}
