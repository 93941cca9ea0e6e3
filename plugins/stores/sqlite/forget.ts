import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './rows.ts';
import { Slice } from './slice.ts';

/** How many rows are looked up at once. */
const PAGE = 100;

/** What removes messages, and whom they are for. */
export type Forgetting = ReturnType<typeof prepareForgetting>;

/** Prepares what removes messages. A message that nobody waits for any more is gone, with all rows about it. */
export function prepareForgetting(db: DatabaseSync) {
  const removeMessage = db.prepare('DELETE FROM messages WHERE id = ?');
  const removeNames = db.prepare('DELETE FROM named WHERE message = ?');
  const removeCrowd = db.prepare('DELETE FROM crowds WHERE message = ?');
  const removeName = db.prepare('DELETE FROM named WHERE account = ? AND message = ?');
  const anyName = prepare<{ account: number }>(db, 'SELECT account FROM named WHERE message = ? LIMIT 1');
  const waiting = prepare<{ message: number }>(
    db,
    'SELECT message FROM named WHERE account = ? AND message <= ? ORDER BY message LIMIT ?',
  );

  function forget(message: number, slice?: Slice): void {
    slice?.remove();
    removeNames.run(message);
    removeCrowd.run(message);
    removeMessage.run(message);
  }

  /** Removes the account's name from messages, up to an id, and those that name nobody else. @returns whether there may be more */
  function forgetNamed(account: number, upTo: number, slice: Slice): boolean {
    for (;;) {
      const page = waiting.all(account, upTo, PAGE);
      for (const { message } of page) {
        if (slice.isOver) return true;
        slice.visit();
        slice.remove();
        removeName.run(account, message);
        if (anyName.get(message) === undefined) removeMessage.run(message);
      }
      if (page.length < PAGE) return false;
    }
  }

  return {
    forget,
    forgetNamed,
    /** Removes what waits for one account alone. @returns whether there may be more */
    forgetWaiting: (account: number): boolean => forgetNamed(account, Number.MAX_SAFE_INTEGER, new Slice()),
    /** Removes messages. */
    forgetAll(messages: readonly number[]): void {
      for (const message of messages) forget(message);
    },
  };
}
