import type { DatabaseSync } from 'node:sqlite';
import type { ArchivedAccount, ArchivedMessage, ArchiveEnds, EntryAudience } from 'chatserv';
import { unpack } from './crowd.ts';
import { atMost, prepare, withRoles } from './rows.ts';

/** Prepares the queries that read all accounts and messages, for an export. */
export function prepareArchive(db: DatabaseSync) {
  const end = prepare<{ id: number }>(db, 'SELECT seq AS id FROM sqlite_sequence WHERE name = ?');
  const accounts = prepare<Omit<ArchivedAccount, 'roles'> & { roles: string }>(
    db,
    `SELECT id, name, hash, created, seen, roles, epoch, since, cursor, max(cursor, handed) AS handed
     FROM accounts WHERE id > ? ORDER BY id LIMIT ?`,
  );
  // A key outlives its message: such a message is archived without text, for nobody.
  const messages = prepare<
    Omit<ArchivedMessage, 'audience' | 'key' | 'unknown'> & {
      wide: number;
      crowd: Uint8Array | null;
      key: string | null;
      unknown: string | null;
    }
  >(
    db,
    `WITH page AS (
       SELECT id FROM messages WHERE id > ?1
       UNION SELECT sent.id FROM sent JOIN accounts ON accounts.id = sender WHERE sent.id > ?1
       ORDER BY id LIMIT ?2
     )
     SELECT page.id, ifnull(m.sender, s.sender) AS sender, ifnull(m.name, a.name) AS "from", ifnull(text, '') AS text,
       ifnull(m.time, s.time) AS time, ifnull(wide, 0) AS wide, crowd, s.key, unknown
     FROM page LEFT JOIN messages m ON m.id = page.id LEFT JOIN sent s ON s.id = page.id
       LEFT JOIN accounts a ON a.id = s.sender
     ORDER BY page.id`,
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
      messages.all(after, atMost(limit)).map(({ wide, crowd, key, unknown, ...message }) => ({
        ...message,
        audience: audienceOf(message.id, wide, crowd),
        ...(key !== null && { key }),
        ...(unknown !== null && unknown !== '[]' && { unknown: JSON.parse(unknown) as string[] }),
      })),
  };
}
