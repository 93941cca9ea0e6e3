import type { DatabaseSync } from 'node:sqlite';
import type { ArchivedAccount, ArchivedMessage, ArchiveEnds, EntryAudience } from 'chatserv';
import { unpack } from './crowd.ts';
import { atMost, prepare, withRoles } from './rows.ts';

/** Prepares the queries that read all accounts and messages, for an export. */
export function prepareArchive(db: DatabaseSync) {
  const end = prepare<{ id: number }>(db, 'SELECT seq AS id FROM sqlite_sequence WHERE name = ?');
  const accounts = prepare<Omit<ArchivedAccount, 'roles'> & { roles: string }>(
    db,
    `SELECT id, name, hash, created, seen, roles, since, cursor, max(cursor, handed) AS handed
     FROM accounts WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const messages = prepare<
    Omit<ArchivedMessage, 'audience' | 'key'> & { wide: number; crowd: Uint8Array | null; key: string | null }
  >(
    db,
    'SELECT id, sender, name AS "from", text, time, wide, crowd, key FROM messages WHERE id > ? ORDER BY id LIMIT ?',
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
      messages.all(after, atMost(limit)).map(({ wide, crowd, key, ...message }) => ({
        ...message,
        audience: audienceOf(message.id, wide, crowd),
        ...(key !== null && { key }),
      })),
  };
}
