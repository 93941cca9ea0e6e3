import type { DatabaseSync } from 'node:sqlite';
import type { Account } from 'chatserv';
import { type AccountRow, prepare } from './rows.ts';

/** The skeletons of account names: two names that share one may be mistaken for each other. */
export type Skeletons = ReturnType<typeof prepareSkeletons>;

/** Prepares the statements that store and find skeletons. @param columns of an account, to return */
export function prepareSkeletons(db: DatabaseSync, columns: string) {
  const add = db.prepare('INSERT OR IGNORE INTO skeletons (skeleton, account) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM skeletons WHERE account = ?');
  const done = db.prepare('DELETE FROM pending_skeletons WHERE account = ?');
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
    /** @param except the id of an account to ignore */
    find(skeletons: readonly string[], except = 0): AccountRow | undefined {
      for (const skeleton of skeletons) {
        const row = find.get(skeleton, except);
        if (row !== undefined) return row;
      }
      return undefined;
    },
    /** Accounts of an older version, whose skeletons are missing or computed by an older table. */
    pendingSkeletons: (limit: number): Account[] => pendingSkeletons.all(limit),
    setSkeletons(accounts: readonly { readonly id: number; readonly skeletons: readonly string[] }[]): void {
      for (const { id, skeletons } of accounts) {
        this.add(id, skeletons);
        done.run(id);
      }
    },
  };
}
