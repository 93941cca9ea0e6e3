import type {
  Archive,
  ArchivedAccount,
  ArchivedEntry,
  ArchivedKey,
  ArchivedRoom,
  ArchiveEnds,
  Membership,
} from 'chatserv';
import type { Database } from './database.ts';
import { ENTRY, type EntryRow, entryOf, FROM_ENTRY, idsIn } from './entry-rows.ts';
import { atMost } from './limits.ts';
import { MENTIONS_ALL } from './log-rows.ts';
import { ROOM, roomOf } from './rooms.ts';
import { listTexts } from './texts.ts';

type Export = Required<Pick<Archive, 'ends' | 'accounts' | 'rooms' | 'entries' | 'keys' | 'texts'>>;

/** Groups rows by a number of theirs. */
function grouped<Row>(rows: readonly Row[], by: (row: Row) => number): (key: number) => readonly Row[] {
  const groups = Map.groupBy(rows, by);
  return (key) => groups.get(key) ?? [];
}

/** The queries of an export. */
export function exportOf(database: Database): Export {
  return {
    async ends() {
      const [ends] = await database.read<ArchiveEnds>(
        'SELECT last AS account, room, head AS entry FROM log CROSS JOIN accounts',
      );
      return ends ?? { account: 0, room: 0, entry: 0 };
    },

    async accounts(after, limit) {
      const accounts = await database.read<Omit<ArchivedAccount, 'devices' | 'markers'>>(
        `SELECT id, name, hash, created, seen, roles, epoch, since FROM account WHERE id > $1 ORDER BY id LIMIT $2`,
        [after, atMost(limit)],
      );
      const ids = accounts.map(({ id }) => id);
      const devices = await database.read<{ account: number; name: string; id: number; handed: number; seen: number }>(
        'SELECT account, device AS name, id, handed, seen FROM cursor WHERE account = ANY ($1::bigint[])',
        [ids],
      );
      const markers = await database.read<{ account: number; room: number; seq: number }>(
        'SELECT account, room, seq FROM marker WHERE account = ANY ($1::bigint[]) ORDER BY account, room',
        [ids],
      );
      const devicesOf = grouped(devices, ({ account }) => account);
      const markersOf = grouped(markers, ({ account }) => account);
      return accounts.map((account) => ({
        ...account,
        devices: devicesOf(account.id).map(({ name, id, handed, seen }) => ({ name, id, handed, seen })),
        markers: markersOf(account.id).map(({ room, seq }) => [room, seq] as const),
      }));
    },

    async rooms(after, limit) {
      const rows = await database.read<Parameters<typeof roomOf>[0] & { last: number; seq: number; spoke: string }>(
        `SELECT ${ROOM}, r.last, r.seq, r.spoke FROM room r WHERE id > $1 AND kind <> 'removed' ORDER BY id LIMIT $2`,
        [after, atMost(limit)],
      );
      const memberships = await database.read<Membership & { room: number }>(
        `SELECT room, account, role, since, until FROM member
         WHERE room = ANY ($1::bigint[]) AND role IS NOT NULL ORDER BY room, account, since`,
        [rows.map(({ id }) => id)],
      );
      const membershipsOf = grouped(memberships, ({ room }) => room);
      return rows.map((row): ArchivedRoom => {
        const { size, ...room } = roomOf(row);
        const of = membershipsOf(row.id).map(({ account, role, since, until }) => ({ account, role, since, until }));
        const spoke = idsIn(row.spoke).sort((a, b) => a - b);
        return { ...room, seq: row.seq, last: row.last, memberships: of, spoke };
      });
    },

    async entries(after, limit) {
      const rows = await database.read<EntryRow & { origin: string | null; mentioned: string | null }>(
        `SELECT ${ENTRY}, e.origin, (SELECT array_agg(account ORDER BY account) FROM mention WHERE id = e.id) AS mentioned
         ${FROM_ENTRY} WHERE e.id > $1 ORDER BY e.id LIMIT $2`,
        [after, atMost(limit)],
      );
      return rows.map((row): ArchivedEntry => {
        const { members, roomName, ...entry } = entryOf(row);
        const mentioned = idsIn(row.mentioned ?? '{}');
        const mentions = mentioned.filter((account) => account !== MENTIONS_ALL);
        return {
          ...entry,
          ...(row.origin !== null && { origin: row.origin }),
          ...(mentions.length > 0 && { mentions }),
          ...(mentioned.includes(MENTIONS_ALL) && { mentionsAll: true }),
        };
      });
    },

    async keys(after, limit) {
      const rows = await database.read<Omit<ArchivedKey, 'unknown'> & { unknown: string }>(
        'SELECT id, sender, key, unknown, time FROM sent WHERE id > $1 ORDER BY id LIMIT $2',
        [after, atMost(limit)],
      );
      return rows.map((row) => ({ ...row, unknown: JSON.parse(row.unknown) as string[] }));
    },

    texts: (after, limit) => listTexts(database, after, false, undefined, limit),
  };
}
