import type { Accounts, MessageLog } from 'chatserv';
import { alteredMemory } from './altered-memory.ts';

/**
 * A memory store that takes its time, as a disk does: `wait` is awaited before messages are in the log, and after a page
 * was read: by then it may be out of date. Messages are kept in their order.
 * @param waitForName awaited when an account is asked for
 */
export function slowMemory(wait: () => Promise<void>, waitForName?: () => Promise<void>) {
  return alteredMemory(({ accounts, messageLog }) => {
    let last: Promise<unknown> = Promise.resolve();
    const late = async <T>(answer: Promise<T>): Promise<T> => {
      await wait();
      return answer;
    };
    const inTurn = <T>(append: () => Promise<T>): Promise<T> => {
      const turn = Promise.all([wait(), last]).then(append);
      last = turn;
      return turn;
    };
    const slow: Partial<MessageLog> = {
      append: (...asked) => inTurn(() => messageLog.append(...asked)),
      find: (...asked) => late(messageLog.find(...asked)),
      read: (account, after, upTo, limit) => late(messageLog.read(account, after, upTo, Math.min(limit, 3))),
      count: (...asked) => late(messageLog.count(...asked)),
      enter: (...asked) => late(messageLog.enter(...asked)),
      devices: (...asked) => late(messageLog.devices(...asked)),
      moveCursors: (...asked) => late(messageLog.moveCursors(...asked)),
    };
    const named: Partial<Accounts> = {
      async find(name) {
        await waitForName?.();
        return accounts.find(name);
      },
    };
    return { accounts: named, messageLog: slow };
  });
}
