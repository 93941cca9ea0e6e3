import { Accounts, definePlugin, MessageLog, Storage } from 'chatserv';
import type { memoryStore } from '../../plugins/stores/memory/store.ts';

/**
 * A store that each set-up of its plugin opens anew, and that is closed when the plugin leaves, like one in a file.
 * @param open opens the contents
 * @param identity names them; undefined for a store that does not say
 */
export function reopenedStore(open: () => ReturnType<typeof memoryStore>, identity?: () => string) {
  return definePlugin({
    name: 'reopened',
    summary: 'Opens its contents anew at each set-up',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup() {
      const { accounts, messageLog, storage } = open();
      const named = identity === undefined ? {} : { identity: identity() };
      let closed = false;
      const untilClosed = <Service extends object>(service: Service): Service =>
        new Proxy(service, {
          get(target, key) {
            if (key in named) return named[key as keyof typeof named];
            const value = target[key as keyof Service];
            if (typeof value !== 'function') return value;
            if (key === 'follow') return value.bind(target);
            return async (...args: unknown[]) => {
              if (closed) throw new Error('the store is closed');
              return value.apply(target, args);
            };
          },
        });
      return {
        provide: {
          accounts: untilClosed(accounts),
          messageLog: untilClosed(messageLog),
          storage: { open: (name, schema) => untilClosed(storage.open(name, schema)) } satisfies Storage,
        },
        dispose() {
          closed = true;
        },
      };
    },
  });
}
