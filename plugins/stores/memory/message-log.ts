import type { MessageLog } from 'chatserv';
import type { LogInMemory } from './log.ts';
import { moveMarker } from './places.ts';
import { type Kept, type KeptRoom, memberIn, membersOf, roomOf, spansOf } from './rooms.ts';
import { Trimmer } from './trim.ts';

/** The service of a log. */
export function messageLogOf(log: LogInMemory): MessageLog {
  const { rooms, places, keys, entries } = log;
  const forget = (kept: Kept) => log.forget(kept);
  const trimmer = new Trimmer({ entries, rooms, places, keys, end: () => log.end, forget });

  return {
    async append(added, key) {
      const before = key && keys.find(key.sender, key.key);
      if (before !== undefined) return before;
      for (const { to } of added) rooms.mustExist(to);
      for (const { kind, of } of added) if (kind !== 'redaction') log.mustNotBeRedacted(of);
      const appended = added.map((entry) => log.append(entry));
      const [first] = appended;
      if (key !== undefined && first !== undefined) keys.add({ ...key, id: first.id });
      log.followers.note(appended);
      log.followers.tell();
      return appended;
    },
    find: async (sender, key) => keys.find(sender, key),
    head: async () => log.end,
    follow: (follower) => log.followers.add(follower),
    async read(account, after, upTo, limit, skip) {
      const place = places.get(account);
      return place === undefined || limit <= 0 ? [] : log.read(account, place, after, upTo, limit, skip);
    },
    gaps: async (account, after, upTo, most, keep) => log.gaps(account, after, upTo, most, keep),
    history: async (room, range) => log.history(room, range),
    entries: async (after, limit) => log.entriesAfter(after, limit),
    missing: async (ids) => ids.filter((id) => !entries.has(id)),
    changes: async (ids, limit, kind) => log.changes(ids, limit, kind),
    get: async (id) => entries.get(id)?.entry,
    async readable(account, id) {
      const { entry } = entries.get(id) ?? {};
      const spans = entry && spansOf(rooms.get(entry.room), account, places.get(account)?.since);
      return spans?.some(({ since, until }) => since < id && (until === 0 || id < until)) ? entry : undefined;
    },
    spans: async (account, room) => spansOf(rooms.get(room), account, places.get(account)?.since),
    namedSpans: async (account) => log.namedSpans(account),
    count: async (account, sender, after, most, origin) => log.count(account, sender, after, most, origin),

    enter: async (account, device, now, most) => places.enter(account, device, now, most),
    devices: async (account) => places.devices(account),
    removeDevice: async (account, device) => places.get(account)?.devices.delete(device) ?? false,
    async moveCursors(moves, now) {
      for (const move of moves) places.move(move, now);
    },

    async moveMarkers(moves) {
      for (const [account, room, seq] of moves) {
        const place = places.get(account);
        if (place !== undefined) moveMarker(place, room, seq);
      }
    },
    unread: async (account) => log.positions(account).filter(({ last, marker }) => last > marker),
    position: async (account, room) => log.position(account, rooms.get(room)),
    async positions(account, before, limit) {
      const below = log.positions(account).filter(({ lastId }) => lastId < before);
      return below.sort((a, b) => b.lastId - a.lastId).slice(0, Math.max(0, limit));
    },

    async createRoom(name, facts) {
      const room = rooms.create(name, facts);
      return room && roomOf(room);
    },
    async room(id) {
      const room = rooms.get(id);
      return room && roomOf(room);
    },
    async setFacts(id, facts) {
      const room = rooms.get(id);
      if (room?.kind === 'room') room.facts = facts;
    },
    async renameRoom(id, name, time) {
      return log.rename(id, name, time) ? roomOf(rooms.get(id) as KeptRoom) : undefined;
    },
    removeRoom: async (id) => log.removeRoom(id),
    async rooms(after, limit) {
      const named = [...rooms.all()].filter(({ id, kind }) => id > after && kind === 'room');
      return named.slice(0, Math.max(0, limit)).map(roomOf);
    },
    roomsOf: async (account, kind) => [...log.roomsOf(account, kind)].map(roomOf),
    join: async (room, account, role, time) => log.join(room, account, role, time),
    leave: async (room, account, time, forget = false, body = '') => log.leave(room, account, time, forget, body),
    async members(id, after, limit) {
      const room = rooms.get(id);
      return room === undefined ? [] : membersOf(room, after, limit);
    },
    async member(id, account) {
      const room = rooms.get(id);
      return room && memberIn(room.spans, account);
    },

    trim: async (retention) => trimmer.trim(retention),
    async removeFrom(sender) {
      const isMeant = ({ entry }: Kept) =>
        typeof sender === 'number'
          ? entry.sender === sender
          : entry.sender !== 0 && entry.from === sender && places.get(entry.sender) === undefined;
      const meant = [...entries.values()].filter(isMeant);
      new Set([...meant, ...meant.flatMap((kept) => log.changesOf(kept))]).forEach(forget);
      return meant.length;
    },
    latest: async () => log.latest(),
  };
}
