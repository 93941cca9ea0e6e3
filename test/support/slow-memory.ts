import { Accounts, definePlugin, Log, Storage } from 'chatserv';
import { memoryStore } from '../../plugins/stores/memory/store.ts';

/**
 * A memory store that takes its time, as a disk does: `wait` is awaited before a message counts as kept, and after a
 * page was read: by then it may be out of date. Messages are kept in their order.
 * @param waitForName awaited when an account is asked for
 */
export function slowMemory(wait: () => Promise<void>, waitForName?: () => Promise<void>) {
  return definePlugin({
    name: 'slow-memory',
    summary: 'Keeps everything in memory, slowly',
    provides: { accounts: Accounts, log: Log, storage: Storage },
    setup({ clock }) {
      const { accounts, log, storage } = memoryStore(() => clock.now());
      let last: Promise<unknown> = Promise.resolve();
      const late = async <T>(answer: Promise<T>): Promise<T> => {
        await wait();
        return answer;
      };
      const inTurn = <T>(answer: Promise<T>): Promise<T> => {
        const turn = Promise.all([late(answer), last]).then(([value]) => value);
        last = turn;
        return turn;
      };
      const slow: Log = {
        append: (entry) => inTurn(log.append(entry)),
        find: (sender, key) => late(log.find(sender, key)),
        read: (account, after, limit) => late(log.read(account, after, Math.min(limit, 3))),
        count: (...asked) => late(log.count(...asked)),
        cursor: (account) => late(log.cursor(account)),
        moveCursors: (moves) => late(log.moveCursors(moves)),
        trim: (retention) => log.trim(retention),
      };
      const named: Accounts = {
        ...accounts,
        async find(name) {
          await waitForName?.();
          return accounts.find(name);
        },
      };
      return { provide: { accounts: named, log: slow, storage } };
    },
  });
}
