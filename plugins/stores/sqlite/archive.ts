import type { DatabaseSync } from 'node:sqlite';
import type { ArchivedAccount, ArchivedEntry, ArchivedKey, ArchivedRoom, ArchiveEnds, Membership } from 'chatserv';
import { unpack } from './account-set.ts';
import { prepareDevices } from './devices.ts';
import { ENTRY_COLUMNS, entryOf, MENTIONS_ALL, type StoredEntry } from './entry-rows.ts';
import { EXISTS, ROOM, type RoomRow, roomOf } from './named-rooms.ts';
import { atMost, prepare, prepareArrays, withRoles } from './rows.ts';
import type { Tail } from './tail.ts';

/** Prepares the queries of an export. */
export function prepareArchive(db: DatabaseSync, tail: Tail) {
  const lastAccount = prepare<{ id: number }>(db, "SELECT seq AS id FROM sqlite_sequence WHERE name = 'accounts'");
  const accounts = prepare<Omit<ArchivedAccount, 'roles' | 'devices' | 'markers'> & { roles: string }>(
    db,
    'SELECT id, name, hash, created, seen, roles, epoch, since FROM accounts WHERE id > ? ORDER BY id LIMIT ?',
  );
  const devicesOf = prepareDevices(db);
  const markers = prepare<{ room: number; seq: number }>(db, 'SELECT room, seq FROM marker WHERE account = ?');
  const rooms = prepare<RoomRow & { last: number; seq: number; spoke: Uint8Array | null }>(
    db,
    `SELECT ${ROOM}, last, seq, spoke FROM room WHERE id > ? AND ${EXISTS} ORDER BY id LIMIT ?`,
  );
  const memberships = prepare<Membership>(
    db,
    `SELECT account, role, since, ifnull(until, 0) AS until FROM member
     WHERE room = ? AND role IS NOT NULL ORDER BY account, since`,
  );
  const entries = prepareArrays<StoredEntry>(
    db,
    `SELECT ${ENTRY_COLUMNS} FROM entry WHERE id > ? AND EXISTS (SELECT 1 FROM room WHERE room.id = entry.room AND ${EXISTS})
     ORDER BY id LIMIT ?`,
  );
  const mentions = prepare<{ account: number }>(db, 'SELECT account FROM mention WHERE id = ? ORDER BY account');
  const keys = prepare<Omit<ArchivedKey, 'unknown'> & { unknown: string }>(
    db,
    'SELECT id, sender, key, unknown, time FROM sent WHERE id > ? ORDER BY id LIMIT ?',
  );

  function spokeIn({ id, members, spoke }: RoomRow & { spoke: Uint8Array | null }): number[] {
    if (members === null) return [];
    const all = new Set(spoke === null ? [] : unpack(spoke));
    for (const { sender } of tail.entriesOf(id)) all.add(sender);
    return unpack(members).filter((account) => all.has(account));
  }

  return {
    ends: (): ArchiveEnds => ({ account: lastAccount.get()?.id ?? 0, room: tail.lastRoom, entry: tail.head }),

    archivedAccounts: (after: number, limit: number): ArchivedAccount[] =>
      accounts.all(after, atMost(limit)).map((row) => ({
        ...withRoles(row),
        devices: devicesOf(row.id),
        markers: markers.all(row.id).map(({ room, seq }) => [room, seq] as const),
      })),

    archivedRooms: (after: number, limit: number): ArchivedRoom[] =>
      rooms.all(after, atMost(limit)).map((row) => {
        const { size, ...room } = roomOf(row);
        return {
          ...room,
          ...tail.endOf(row.id, row.last, row.seq),
          memberships: memberships.all(row.id).map((membership) => ({ ...membership })),
          spoke: spokeIn(row),
        };
      }),

    archivedEntries: (after: number, limit: number): ArchivedEntry[] =>
      entries.all(after, atMost(limit)).map((row) => {
        const { members, roomName, ...entry } = entryOf(row);
        const origin = row[14];
        const mentioned = mentions.all(entry.id).map(({ account }) => account);
        const named = mentioned.filter((account) => account !== MENTIONS_ALL);
        return {
          ...entry,
          ...(origin !== null && { origin }),
          ...(named.length > 0 && { mentions: named }),
          ...(mentioned.includes(MENTIONS_ALL) && { mentionsAll: true }),
        };
      }),

    archivedKeys: (after: number, limit: number): ArchivedKey[] =>
      keys.all(after, atMost(limit)).map((row) => ({ ...row, unknown: JSON.parse(row.unknown) as string[] })),
  };
}
