import type { DatabaseSync } from 'node:sqlite';
import type { Account } from 'chatserv';
import { type AccountRow, prepare } from './rows.ts';

/** The skeletons of account names: two names that share one may be mistaken for each other. */
export type Skeletons = ReturnType<typeof prepareSkeletons>;

/** Prepares the statements that store and find skeletons. @param columns those of an account that `find` returns */
export function prepareSkeletons(db: DatabaseSync, columns: string) {
  const add = db.prepare('INSERT OR IGNORE INTO skeletons (skeleton, account) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM skeletons WHERE account = ?');
  const removePending = db.prepare('DELETE FROM pending_skeletons WHERE account = ?');
  const pendingSkeletons = prepare<Account>(
    db,
    'SELECT id, name FROM pending_skeletons CROSS JOIN accounts ON id = account WHERE account > 0 ORDER BY account LIMIT ?',
  );
  const find = prepare<AccountRow>(
    db,
    `SELECT ${columns} FROM accounts WHERE id = (SELECT account FROM skeletons WHERE skeleton = ? AND account <> ? LIMIT 1)`,
  );
  return {
    add(account: number, skeletons: readonly string[]): void {
      for (const skeleton of skeletons) add.run(skeleton, account);
    },
    remove: (account: number) => void remove.run(account),
    /** An account with one of these skeletons. @param except the id of an account to ignore */
    find(skeletons: readonly string[], except = 0): AccountRow | undefined {
      for (const skeleton of skeletons) {
        const row = find.get(skeleton, except);
        if (row !== undefined) return row;
      }
      return undefined;
    },
    /** Accounts from an earlier version, whose skeletons are missing or come from an older table of look-alikes. */
    pendingSkeletons: (limit: number): Account[] => pendingSkeletons.all(limit),
    /** Adds the skeletons of pending accounts, which are pending no more. */
    setSkeletons(accounts: readonly { readonly id: number; readonly skeletons: readonly string[] }[]): void {
      for (const { id, skeletons } of accounts) {
        this.add(id, skeletons);
        removePending.run(id);
      }
    },
  };
}
