import { type Archive, type ArchivedEntry, type ArchivedRoom, EVERYONE, type StoredAccount } from 'chatserv';
import { pageOf } from './by-id.ts';
import type { LogInMemory } from './log.ts';
import { type KeptRoom, setSpans } from './rooms.ts';
import type { MemoryTexts } from './texts.ts';

/** Sorts after every key. */
const AFTER_TEXTS = '\u{10ffff}';

/** The accounts of a store, for its archive. */
export interface ArchivedAccounts {
  all(): Iterable<StoredAccount>;
  /** The last id assigned. */
  last: number;
  add(account: StoredAccount): void;
}

/** Exports and imports a store in memory. */
export function memoryArchive(accounts: ArchivedAccounts, log: LogInMemory, texts: MemoryTexts): Archive {
  const { rooms, places, keys, entries, mentions } = log;

  return {
    ends: async () => ({ account: accounts.last, room: rooms.last, entry: log.end }),
    accounts: async (after, limit) =>
      pageOf(accounts.all(), after, limit).map((account) => {
        const { since = 0, markers } = places.get(account.id) ?? {};
        return { ...account, since, devices: places.devices(account.id), markers: [...(markers ?? [])] };
      }),
    rooms: async (after, limit) => pageOf(rooms.all(), after, limit).map(archivedRoom),
    async entries(after, limit) {
      const kept = [...entries.values()].map(
        ({ entry: { members, roomName, ...entry }, origin }): ArchivedEntry => ({
          ...entry,
          ...(origin !== undefined && { origin }),
          ...mentions.of(entry.id),
        }),
      );
      return pageOf(kept, after, limit);
    },
    keys: async (after, limit) => pageOf(keys.all(), after, limit),

    async begin({ account, room, entry }) {
      if (accounts.last > 0 || log.end > 0 || rooms.last > EVERYONE || texts.size > 0) return false;
      accounts.last = account;
      rooms.last = room;
      log.end = entry;
      return true;
    },
    async addAccounts(added) {
      for (const { since, devices, markers, ...account } of added) {
        accounts.add(account);
        const place = places.add(account.id, account.name, since);
        place.devices.clear();
        for (const { name, ...device } of devices) place.devices.set(name, device);
        for (const [room, seq] of markers) place.markers.set(room, seq);
      }
    },
    async addRooms(added) {
      for (const { memberships, spoke, ...archived } of added) {
        const room = rooms.add({ members: undefined, ...archived });
        for (const { account, role, since, until } of memberships) {
          const spans = room.spans.get(account) ?? [];
          setSpans(room, account, [...spans, { role, since, until }]);
          places.get(account)?.rooms.set(room.id, room);
        }
        const { members } = room;
        if (members === undefined) continue;
        log.noteMembers(room, members);
        for (const account of spoke) log.noteMembers(room, members, account);
      }
    },
    async addEntries(added) {
      for (const { origin, mentions: mentioned, ...archived } of added) {
        const room = rooms.get(archived.room);
        if (room === undefined) throw new Error(`there is no room ${archived.room}`);
        const roomName = room.kind === 'room' ? room.name : undefined;
        const entry = { ...archived, members: room.members, roomName };
        log.keep(entry, origin, room);
        mentions.add(entry, mentioned, archived.mentionsAll);
      }
    },
    async addKeys(added) {
      for (const key of added) keys.add(key);
    },
    texts: async (after, limit) => texts.list(after, false, AFTER_TEXTS, Math.max(0, limit)),
    addTexts: async (added) => texts.add(added),
  };
}

function archivedRoom({ id, kind, name, members, facts, seq, last, spans, spoke }: KeptRoom): ArchivedRoom {
  const memberships = [...spans].flatMap(([account, of]) => of.map((span) => ({ account, ...span })));
  const room = { id, kind, name, facts, seq, last, memberships, spoke: [...spoke] };
  return members === undefined ? room : { ...room, members };
}
