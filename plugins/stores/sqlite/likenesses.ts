import type { DatabaseSync } from 'node:sqlite';
import type { Account } from 'chatserv';
import { type AccountRow, prepare } from './rows.ts';

/** The likenesses of account names: two names that share one may be mistaken for each other. */
export type Likenesses = ReturnType<typeof prepareLikenesses>;

/** Prepares the statements that store and find likenesses. @param columns of an account, to return */
export function prepareLikenesses(db: DatabaseSync, columns: string) {
  const add = db.prepare('INSERT OR IGNORE INTO likenesses (likeness, account) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM likenesses WHERE account = ?');
  const done = db.prepare('DELETE FROM unlikened WHERE account = ?');
  const unlikened = prepare<Account>(
    db,
    'SELECT id, name FROM unlikened CROSS JOIN accounts ON id = account WHERE account > 0 ORDER BY account LIMIT ?',
  );
  const find = prepare<AccountRow>(
    db,
    `SELECT ${columns} FROM accounts WHERE id = (SELECT account FROM likenesses WHERE likeness = ? AND account <> ? LIMIT 1)`,
  );
  return {
    add(account: number, likenesses: readonly string[]): void {
      for (const likeness of likenesses) add.run(likeness, account);
    },
    remove: (account: number) => void remove.run(account),
    /** @param except the id of an account to ignore */
    find(likenesses: readonly string[], except = 0): AccountRow | undefined {
      for (const likeness of likenesses) {
        const row = find.get(likeness, except);
        if (row !== undefined) return row;
      }
      return undefined;
    },
    /** Accounts of an older version, whose likenesses are missing or computed by an older table. */
    unlikened: (limit: number): Account[] => unlikened.all(limit),
    liken(accounts: readonly { readonly id: number; readonly likenesses: readonly string[] }[]): void {
      for (const { id, likenesses } of accounts) {
        this.add(id, likenesses);
        done.run(id);
      }
    },
  };
}
