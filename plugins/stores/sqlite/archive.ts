import type { DatabaseSync } from 'node:sqlite';
import type { ArchivedAccount, ArchivedMessage, ArchiveEnds, EntryAudience } from 'chatserv';
import { prepareAppend } from './append.ts';
import { unpack } from './crowd.ts';
import type { Likenesses } from './likenesses.ts';
import { atMost, prepare, withRoles } from './rows.ts';

/** Prepares what takes all accounts and messages out of a database, and puts them into another. */
export function prepareArchive(db: DatabaseSync, likenesses: Likenesses) {
  const append = prepareAppend(db);
  const end = prepare<{ id: number }>(db, 'SELECT seq AS id FROM sqlite_sequence WHERE name = ?');
  const setEnd = db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)');
  const accounts = prepare<Omit<ArchivedAccount, 'roles'> & { roles: string }>(
    db,
    `SELECT id, name, hash, created, seen, roles, since, cursor, max(cursor, handed) AS handed
     FROM accounts WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const addAccount = db.prepare(
    `INSERT INTO accounts (id, name, key, hash, created, seen, roles, since, cursor, handed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const messages = prepare<Omit<ArchivedMessage, 'audience'> & { wide: number; crowd: Uint8Array | null }>(
    db,
    'SELECT id, sender, name AS "from", text, time, wide, crowd FROM messages WHERE id > ? ORDER BY id LIMIT ?',
  );
  const named = prepare<{ account: number }>(db, 'SELECT account FROM named WHERE message = ? ORDER BY account');

  const endOf = (table: string) => end.get(table)?.id ?? 0;
  function audienceOf(message: number, wide: number, crowd: Uint8Array | null): EntryAudience {
    if (crowd !== null) return [...unpack(crowd)];
    return wide ? 'everyone' : named.all(message).map(({ account }) => account);
  }

  return {
    ends: (): ArchiveEnds => ({ account: endOf('accounts'), message: endOf('messages') }),
    archivedAccounts: (after: number, limit: number): ArchivedAccount[] =>
      accounts.all(after, atMost(limit)).map((row) => withRoles(row)),
    archivedMessages: (after: number, limit: number): ArchivedMessage[] =>
      messages
        .all(after, atMost(limit))
        .map(({ wide, crowd, ...message }) => ({ ...message, audience: audienceOf(message.id, wide, crowd) })),
    begin({ account, message }: ArchiveEnds): boolean {
      if (endOf('accounts') > 0 || endOf('messages') > 0) return false;
      setEnd.run('accounts', account);
      setEnd.run('messages', message);
      return true;
    },
    addAccounts(
      added: readonly (ArchivedAccount & { readonly key: string; readonly likenesses: readonly string[] })[],
    ): void {
      for (const { id, name, key, hash, created, seen, roles, since, cursor, handed, likenesses: all } of added) {
        addAccount.run(id, name, key, hash, created, seen, roles.join(' '), since, cursor, handed);
        likenesses.add(id, all);
      }
    },
    addMessages(added: readonly ArchivedMessage[]): void {
      for (const message of added) append(message, message.id);
    },
  };
}
