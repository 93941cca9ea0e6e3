import {
  type Device,
  DIRECT_MOST,
  type Entry,
  EVERYONE,
  type Follower,
  type MessageLog,
  type NewEntry,
  nameKey,
  type Room,
  type SendKey,
} from 'chatserv';

/** What the log keeps with an account. */
export interface Place {
  readonly name: string;
  /** The log's end when the account was made: what was appended before is not for it. */
  readonly since: number;
  readonly devices: Map<string, Device>;
  /** The number of the last entry that it has read, by room. */
  readonly markers: Map<number, number>;
}

/** A time for which an account was a member of a named room; `until` is 0 while it is one. */
interface Span {
  readonly room: number;
  readonly account: number;
  role: string;
  readonly since: number;
  until: number;
}

/** A room, with the number and the id of its last entry, and those who have said something in it. */
type KeptRoom = Room & { seq: number; last: number; readonly spoke: Set<number> };

type Kept = Entry & { readonly origin: string | undefined };

/** A log with no thought for speed: it looks through everything it has. What each call promises stands at `MessageLog`. */
export function openLog(places: ReadonlyMap<number, Place>): MessageLog & { end(): number } {
  const rooms: KeptRoom[] = [];
  const followers = new Set<Follower>();
  let entries: Kept[] = [];
  let spans: Span[] = [];
  let keys: (SendKey & { readonly id: number })[] = [];
  let end = 0;
  let latest: number | undefined;

  const find = (sender: number, key: string) => {
    const found = keys.find((one) => one.sender === sender && one.key === key);
    return found && { duplicateOf: found.id, unknown: found.unknown };
  };
  const roomAt = (id: number | string) =>
    rooms.find((room) => room.id === id || (room.kind === 'room' && nameKey(room.name) === nameKey(String(id))));
  const memberOf = (room: number, account: number) =>
    spans.find((span) => span.room === room && span.account === account && span.until === 0);
  const roomsOf = (account: number) =>
    rooms.filter(
      ({ id, kind, members }) => kind !== 'everyone' && (members?.includes(account) || memberOf(id, account)),
    );
  const isIn = ({ id, room, members }: Entry, account: number) =>
    room === EVERYONE ||
    (members?.includes(account) ??
      spans.some((s) => s.room === room && s.account === account && s.since < id && (s.until === 0 || id < s.until)));
  const isFor = (entry: Entry, account: number) => {
    const place = places.get(account);
    return place !== undefined && entry.id > place.since && isIn(entry, account);
  };
  const isAddressed = ({ sender, toSender }: Entry, account: number) => sender !== account || toSender;
  const lacks = (entry: Entry, account: number, { devices }: Place) =>
    isFor(entry, account) && isAddressed(entry, account) && [...devices.values()].some(({ id }) => id < entry.id);

  /** @throws when there is no such place */
  function check(to: NewEntry['to']): void {
    const size = 'direct' in to ? new Set(to.direct).size : 1;
    if (size === 0 || size > DIRECT_MOST) throw new Error(`a conversation has 1 to ${DIRECT_MOST} members`);
    if ('room' in to && roomAt(to.room) === undefined) throw new Error(`there is no room ${to.room}`);
  }

  function addRoom(kind: Room['kind'], part: Partial<Room>): KeptRoom {
    const room = {
      id: rooms.length + 1,
      kind,
      name: '',
      facts: {},
      ...part,
      seq: 0,
      last: 0,
      spoke: new Set<number>(),
    };
    rooms.push(room);
    return room;
  }

  function place(to: NewEntry['to']): KeptRoom {
    if ('room' in to) return roomAt(to.room) as KeptRoom;
    const members = [...new Set(to.direct)].sort((a, b) => a - b);
    return rooms.find((room) => room.members?.join() === members.join()) ?? addRoom('direct', { members });
  }

  function append({ to, ...written }: NewEntry): Kept {
    const room = place(to);
    const { id, members, last } = room;
    const seq = written.counts ? ++room.seq : 0;
    const entry: Kept = { ...written, id: ++end, room: id, members, seq, previous: last, origin: written.origin };
    room.last = end;
    room.spoke.add(entry.sender);
    latest = entry.time;
    entries.push(entry);
    if (entry.kind === 'redaction') {
      const isMeant = (one: Kept) => one.kind !== 'redaction' && (one.id === entry.of || one.of === entry.of);
      entries = entries.map((one) => (isMeant(one) ? { ...one, body: '', redacted: true } : one));
    }
    return entry;
  }

  function tell(appended: readonly Kept[]): Entry[] {
    const told = appended.map(entryOf);
    for (const follower of followers) {
      try {
        follower(told);
      } catch {
        // The others are told all the same.
      }
    }
    return told;
  }

  /** Appends that an account joins or leaves a room. */
  function note(kind: string, room: number, account: number, time: number): void {
    const plain = { version: 1, counts: false, device: '', toSender: false, body: '' };
    tell([append({ ...plain, to: { room }, kind, sender: account, from: places.get(account)?.name ?? '', time })]);
  }

  addRoom('everyone', {});

  return {
    end: () => end,
    async append(added, key) {
      const before = key && find(key.sender, key.key);
      if (before !== undefined) return before;
      for (const { to } of added) check(to);
      const appended = added.map(append);
      if (key !== undefined && appended[0] !== undefined) keys.push({ ...key, id: appended[0].id });
      return tell(appended);
    },
    find: async (sender, key) => find(sender, key),
    head: async () => end,
    follow(follower) {
      const own: Follower = (told) => follower(told);
      followers.add(own);
      return () => followers.delete(own);
    },
    read: async (account, after, upTo, limit) =>
      entries
        .filter((entry) => entry.id > after && entry.id <= upTo && isFor(entry, account))
        .slice(0, Math.max(0, limit))
        .map(entryOf),
    history: async (room, before, limit) =>
      entries
        .filter((entry) => entry.room === room && entry.id < before)
        .reverse()
        .slice(0, limit)
        .map(entryOf),
    async get(id) {
      const entry = entries.find((one) => one.id === id);
      return entry && entryOf(entry);
    },
    async count(account, sender, after, most, origin) {
      const found = entries.filter((e) => e.id > after && e.members && e.counts && isFor(e, account));
      const counted = found.filter((entry) => isAddressed(entry, account)).slice(0, most);
      const isContact = rooms.some(
        ({ members, spoke }) => account !== sender && members?.includes(sender) && spoke.has(account),
      );
      return {
        all: counted.length,
        own: counted.filter((entry) => entry.sender === sender).length,
        sameOrigin: counted.filter((entry) => origin !== undefined && entry.origin === origin).length,
        isContact,
      };
    },

    async enter(account, name, now, most) {
      const place = places.get(account);
      if (place === undefined) return { id: 0, handed: 0 };
      const { devices, since } = place;
      const furthest = Math.max(since, ...[...devices.values()].map(({ id }) => id));
      const device = devices.get(name) ?? { name, id: furthest, handed: furthest, seen: 0 };
      devices.set(name, { ...device, seen: Math.max(device.seen, now) });
      if (name !== '' && devices.get('')?.seen === 0) devices.delete('');
      const others = [...devices.values()].filter((one) => one.name !== name).sort((a, b) => a.seen - b.seen);
      for (const { name } of others.slice(0, Math.max(0, devices.size - Math.max(1, most)))) devices.delete(name);
      return { id: device.id, handed: device.handed };
    },
    devices: async (account) => [...(places.get(account)?.devices.values() ?? [])],
    removeDevice: async (account, device) => places.get(account)?.devices.delete(device) ?? false,
    async moveCursors(moves, now) {
      for (const { account, device: name, id, handed } of moves) {
        const devices = places.get(account)?.devices;
        const device = devices?.get(name);
        if (devices === undefined || device === undefined) continue;
        const to = Math.max(device.id, id);
        devices.set(name, {
          name,
          id: to,
          handed: Math.max(device.handed, handed, to),
          seen: Math.max(device.seen, now),
        });
      }
    },

    async moveMarkers(moves) {
      for (const [account, room, seq] of moves) {
        const markers = places.get(account)?.markers;
        markers?.set(room, Math.max(markers.get(room) ?? 0, seq));
      }
    },
    async unread(account) {
      const markers = places.get(account)?.markers;
      if (markers === undefined) return [];
      return [...rooms.slice(0, 1), ...roomsOf(account)]
        .map(({ id, seq }) => ({ room: id, last: seq, marker: markers.get(id) ?? 0 }))
        .filter(({ last, marker }) => last > marker);
    },

    async createRoom(name, facts) {
      const isTaken = rooms.some((room) => room.kind === 'room' && nameKey(room.name) === nameKey(name));
      return isTaken ? undefined : roomOf(addRoom('room', { name, facts }));
    },
    async room(id) {
      const room = roomAt(id);
      return room && roomOf(room);
    },
    async setFacts(id, facts) {
      const at = rooms.findIndex((room) => room.id === id && room.kind === 'room');
      if (at >= 0) rooms[at] = { ...(rooms[at] as KeptRoom), facts };
    },
    rooms: async (after, limit) =>
      rooms
        .filter(({ id, kind }) => kind === 'room' && id > after)
        .slice(0, limit)
        .map(roomOf),
    roomsOf: async (account, kind) =>
      roomsOf(account)
        .filter((room) => room.kind === (kind ?? room.kind))
        .map(roomOf),
    async join(room, account, role, time) {
      if (roomAt(room)?.kind !== 'room' || !places.has(account)) throw new Error('there is no such room or account');
      const span = memberOf(room, account);
      if (span !== undefined) span.role = role;
      else note('join', room, account, time);
      if (span === undefined) spans.push({ room, account, role, since: end, until: 0 });
    },
    async leave(room, account, time, forget = false) {
      const span = memberOf(room, account);
      if (span !== undefined) note('leave', room, account, time);
      if (span !== undefined) span.until = end;
      if (forget) spans = spans.filter((one) => one.room !== room || one.account !== account);
    },
    members: async (room, after, limit) =>
      spans
        .filter((span) => span.room === room && span.until === 0 && span.account > after && places.has(span.account))
        .map(({ account, role, since }) => ({ account, role, since }))
        .sort((a, b) => a.account - b.account)
        .slice(0, limit),

    async trim({ before, most, now = Number.POSITIVE_INFINITY, keysSince, devicesSince = 0, history }) {
      for (const { devices } of places.values()) {
        const last = Math.max(...[...devices.values()].map(({ seen }) => seen));
        for (const { name, seen } of devices.values()) if (seen < devicesSince && seen < last) devices.delete(name);
      }
      const young = entries.findIndex(({ time }) => time >= before && time <= now);
      const excess = entries.length - most;
      entries = entries.filter((entry, at) => {
        const isOld = (young < 0 || at < young) && entry.time < before;
        const waits = () => [...places].some(([account, place]) => lacks(entry, account, place));
        return !isOld && at >= excess && (history?.has(entry.room) || waits());
      });
      keys = keys.filter(({ id, time }) => id > end - most && time >= keysSince);
      return false;
    },
    latest: async () => latest,
  };
}

/** An entry as others see it. */
function entryOf({ origin, ...entry }: Kept): Entry {
  return entry;
}

/** A room as others see it. */
function roomOf({ seq, last, spoke, ...room }: KeptRoom): Room {
  return room;
}
