import { randomBytes } from 'node:crypto';
import * as chat from 'chatserv';
import { Accounts, definePlugin, type Entry, MessageLog, nameKey, type Room, Storage, skeletons } from 'chatserv';

/** A store written for clarity, not for speed or space: it searches everything, and forgotten entries only lose their text. */
export default definePlugin({
  name: 'tiny-store',
  summary: 'Keeps everything in memory, and loses it when the server ends',
  provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  // `keep` hands it on over a reload. Close files and connections in its third argument.
  setup: ({ clock, hotState }) => ({ provide: hotState('store', () => openStore(() => clock.now())) }),
});

/** An account, the log's end when it was created, its devices, and the number up to which it has read each room. */
type User = { account: chat.StoredAccount; since: number; devices: Device[]; markers: Map<number, number> };
type Device = { -readonly [Key in keyof chat.Device]: chat.Device[Key] };

/** A membership of a named room, which covers the entries between its join and its leave. */
type Stay = { room: number; account: number; role: string; since: number; until: number };

export function openStore(now: () => number): { accounts: Accounts; messageLog: MessageLog; storage: Storage } {
  const users = new Map<number, User>();
  const rooms: Room[] = [{ id: chat.EVERYONE, kind: 'everyone', name: '', facts: {}, size: 0 }];
  const entries: Entry[] = [];
  const origins: (string | undefined)[] = [];
  const forgotten = new Set<number>();
  const removed = new Set<number>();
  /** By entry: the accounts that it mentions, 0 for everyone. */
  const mentions = new Map<number, readonly number[]>();
  const followers = new chat.Followers();
  const texts = new Map<string, string>();
  let sent: (chat.SendKey & { id: number })[] = [];
  let stays: Stay[] = [];
  let lastAccount = 0;
  let signingKey = randomBytes(32);

  const first = <T>(limit: number, items: readonly T[], wanted: (item: T) => boolean = () => true) =>
    items.filter(wanted).slice(0, Math.max(0, limit));
  const latestEntry = (a: { lastId: number }, b: { lastId: number }) => b.lastId - a.lastId;
  const latestSeen = (a: { seen: number }, b: { seen: number }) => b.seen - a.seen;
  const accounts = () => [...users.values()].map(({ account }) => account);
  const find = (name: string) => accounts().find((account) => nameKey(account.name) === nameKey(name));
  const lookalike = (name: string, except?: number) => {
    const alike = new Set(skeletons(name));
    return accounts().find(({ id, name }) => id !== except && skeletons(name).some((one) => alike.has(one)));
  };
  const change = async (id: number, part: Partial<chat.StoredAccount>) => {
    const user = users.get(id);
    if (user) user.account = { ...user.account, ...part };
  };

  const sentAs = (sender: number, key: string) => {
    const found = sent.find((one) => one.sender === sender && one.key === key);
    return found && { duplicateOf: found.id, unknown: found.unknown };
  };
  const kept = () => entries.filter(({ id }) => !forgotten.has(id));
  const of = (room: number) => entries.filter((entry) => entry.room === room);
  const seqOf = (room: number) => of(room).filter(({ counts }) => counts).length;
  const deviceOf = (account: number, name: string) => users.get(account)?.devices.find((one) => one.name === name);
  const exists = (room: Room) => !removed.has(room.id);
  const roomAt = (id: number) => rooms.filter(exists).find((room) => room.id === id);
  const named = (name: string) =>
    rooms.filter(exists).find((room) => room.kind === 'room' && nameKey(room.name) === nameKey(name));
  const withSize = (room: Room | undefined) =>
    room && { ...room, size: [...users.keys()].filter((account) => stayOf(room.id, account)).length };
  const stayOf = (room: number, account: number) =>
    stays.find(
      (stay) => stay.room === room && stay.account === account && stay.until === Infinity && users.has(account),
    );
  const isIn = ({ id, kind, members }: Room, account: number) =>
    users.has(account) && (kind === 'everyone' || !!members?.includes(account) || !!stayOf(id, account));
  const isFor = ({ id, room, members }: Entry, account: number) => {
    if (id <= (users.get(account)?.since ?? Infinity) || removed.has(room)) return false;
    if (room === chat.EVERYONE || members?.includes(account)) return true;
    return stays.some((stay) => stay.room === room && stay.account === account && stay.since < id && id < stay.until);
  };
  const isAddressed = (entry: Entry, account: number) =>
    isFor(entry, account) && (entry.sender !== account || entry.toSender);
  const isWanted = (entry: Entry) =>
    [...users.values()].some(
      ({ account, devices }) => isAddressed(entry, account.id) && devices.some(({ id }) => id < entry.id),
    );

  const moveMarker = (account: number, room: number, seq: number) => {
    const markers = users.get(account)?.markers;
    markers?.set(room, Math.max(seq, markers.get(room) ?? 0));
  };
  const positions = (account: number) =>
    rooms
      .filter((room) => exists(room) && isIn(room, account))
      .map(({ id: room }): chat.Unread => {
        const [last, lastId] = [seqOf(room), of(room).at(-1)?.id ?? 0];
        const marker = Math.min(last, users.get(account)?.markers.get(room) ?? 0);
        const mentioned = kept().filter(
          (entry) => entry.room === room && entry.seq > marker && isMentioned(account, entry),
        );
        return { room, lastId, last, marker, mentions: Math.min(mentioned.length, chat.MENTIONS_MOST) };
      });
  const isMentioned = (account: number, entry: Entry | undefined) =>
    [account, 0].some((one) => mentions.get(entry?.id ?? 0)?.includes(one));
  const areMany = (some: readonly Entry[], most: number) =>
    some.filter(({ counts }) => counts).length > most || some.length > chat.ENTRIES_PER_MESSAGE * most;

  const ascending = (ids: readonly number[]) => [...new Set(ids)].sort((a, b) => a - b);
  const membersOf = (to: chat.Destination) => ('direct' in to ? ascending(to.direct) : roomAt(to.room)?.members);
  const createRoom = (part: Omit<Room, 'id' | 'size'>): Room => {
    const room = { ...part, id: rooms.length + 1, size: 0 };
    rooms.push(room);
    return room;
  };
  const blank = (id: number, part: Partial<Entry> = {}) => {
    entries[id - 1] = { ...(entries[id - 1] as Entry), ...part, body: '' };
  };

  function add({ to, origin, mentions: mentioned = [], ...entry }: chat.NewEntry): Entry {
    const members = membersOf(to);
    const found = 'room' in to ? roomAt(to.room) : rooms.find((room) => String(room.members) === String(members));
    const { id: room, name } = found ?? createRoom({ kind: 'direct', name: '', facts: {}, members });
    const seq = entry.counts ? seqOf(room) + 1 : 0;
    const place = { id: entries.length + 1, room, members, roomName: name || undefined, seq };
    const added = { ...entry, ...place, previous: of(room).at(-1)?.id ?? 0 };
    if (entry.counts) mentions.set(added.id, entry.mentionsAll ? [0, ...mentioned] : mentioned);
    entries.push(added);
    followers.note([added]);
    origins.push(origin);
    const redacted = entry.kind === 'redaction' ? entry.of : undefined;
    const isRedacted = ({ id, of, kind }: Entry) => (id === redacted || of === redacted) && kind !== 'redaction';
    if (redacted) mentions.delete(redacted);
    if (redacted) for (const one of entries.filter(isRedacted)) blank(one.id, { redacted: true });
    return added;
  }

  function append(added: readonly chat.NewEntry[]): readonly Entry[] {
    const redacted = new Set<number>();
    for (const { to, kind, of = 0 } of added) {
      if (kind !== 'redaction' && (redacted.has(of) || entries[of - 1]?.redacted)) throw new Error('It was redacted.');
      if (kind === 'redaction') redacted.add(of);
      const size = 'direct' in to ? membersOf(to)?.length : roomAt(to.room) && 1;
      if (!size || size > chat.DIRECT_MOST) throw new Error(`There is no room for ${JSON.stringify(to)}.`);
    }
    return added.map(add);
  }

  /** Appends an entry of its own, such as a `join`. @returns its id */
  function appendOwn(kind: string, room: number, sender: number, time: number, body = ''): number {
    const from = users.get(sender)?.account.name ?? '*server*';
    const entry = { kind, version: 1, counts: false, sender, from, device: '', toSender: false, body, time };
    return append([{ ...entry, to: { room } }]).length && entries.length;
  }

  function spans(account: number, id: number): readonly chat.Span[] {
    const [user, room] = [users.get(account), roomAt(id)];
    if (!user || !room) return [];
    if (room.kind !== 'room') return isIn(room, account) ? [{ since: user.since, until: 0 }] : [];
    return stays
      .filter((stay) => stay.room === id && stay.account === account)
      .map(({ since, until }) => ({ since, until: until === Infinity ? 0 : until }));
  }

  return {
    accounts: {
      ephemeral: true, // Leave this out if the data outlives the process.
      get: async (id) => users.get(id)?.account,
      find: async (name) => find(name),
      lookalike: async (name) => lookalike(name),
      async create(name, hash, distinct = false) {
        if (find(name) || (distinct && lookalike(name))) return undefined;
        const [id, since] = [++lastAccount, entries.length];
        const account = { id, name, hash, created: now(), seen: 0, roles: [], epoch: chat.newEpoch() };
        const devices = [{ name: '', id: since, handed: since, seen: 0 }];
        users.set(id, { account, since, devices, markers: new Map([[chat.EVERYONE, seqOf(chat.EVERYONE)]]) });
        return account;
      },
      setHash: (id, hash, how) => change(id, { hash, ...(!how?.rehashed && { epoch: chat.newEpoch() }) }),
      signOut: (id) => change(id, { epoch: chat.newEpoch() }),
      signingKey: async (renew) => (signingKey = renew ? randomBytes(32) : signingKey),
      async rename(id, name, distinct = false) {
        if ((find(name)?.id ?? id) !== id || (distinct && lookalike(name, id))) return undefined;
        await change(id, { name });
        return users.get(id)?.account;
      },
      setRoles: (id, roles) => change(id, { roles }),
      setSeen: (id, seen) => change(id, { seen }),
      async seenSince(time, limit) {
        const found = accounts().filter(({ seen }) => seen > 0 && seen >= time);
        return first(limit, found.sort(latestSeen)).map(({ id, name }) => ({ id, name }));
      },
      list: async (after, limit) => first(limit, accounts(), ({ id }) => id > after),
      remove: async (id) => void users.delete(id),
    },

    messageLog: {
      async append(added, key) {
        const duplicate = key && sentAs(key.sender, key.key);
        if (duplicate) return duplicate;
        const appended = append(added);
        if (key) sent.push({ ...key, id: appended[0]?.id ?? 0 });
        followers.tell();
        return appended;
      },
      find: async (sender, key) => sentAs(sender, key),
      head: async () => entries.length,
      follow: (follower) => followers.add(follower),
      read: async (account, after, last, limit, skip) =>
        first(limit, kept(), (one) => {
          const isSkipped = one.id <= (skip?.get(one.room) ?? 0) && !isMentioned(account, one);
          return one.id > after && one.id <= last && isFor(one, account) && !isSkipped;
        }),
      async gaps(account, after, upTo, most, keep) {
        const named = rooms.filter((room) => exists(room) && room.kind === 'room');
        const gaps = named.map((room): chat.Gap | undefined => {
          const isNew = ({ id }: Entry) => id > after && id <= upTo;
          const fresh = kept().filter((one) => one.room === room.id && isNew(one) && isFor(one, account));
          if (!areMany(fresh, most)) return undefined;
          let end = fresh.length;
          while (end > 0 && !areMany(fresh.slice(end - 1), keep)) end--;
          const gap = fresh.slice(0, end);
          while (gap.length > 0 && isMentioned(account, gap[0])) gap.shift();
          const [{ id, time } = { id: 0, time: 0 }] = gap;
          const count = gap.filter(({ counts }) => counts).length;
          const before = fresh[end]?.id ?? upTo + 1;
          return gap.length === 0 ? undefined : { room: withSize(room) as Room, id, time, before, count };
        });
        return gaps.filter((gap) => gap !== undefined);
      },
      async history(room, { after = 0, before = Infinity, limit, from, counting = false, except = [] }) {
        const within = kept().filter(({ id, counts }) => id > after && id < before && (counts || !counting));
        const there = within.filter((entry) => entry.room === room && roomAt(room) && !except.includes(entry.sender));
        return from === 'oldest' ? first(limit, there) : first(limit, there.reverse()).reverse();
      },
      entries: async (after, limit) => first(limit, kept(), ({ id }) => id > after),
      missing: async (ids) => ids.filter((id) => !kept().some((entry) => entry.id === id)),
      changes: async (ids, limit, wanted) =>
        first(limit, kept(), ({ of, kind }) => of !== undefined && ids.includes(of) && (wanted ?? kind) === kind),
      get: async (id) => kept().find((entry) => entry.id === id),
      readable: async (account, id) => kept().find((entry) => entry.id === id && isFor(entry, account)),
      spans: async (account, room) => spans(account, room),
      namedSpans: async (account) => {
        const named = rooms.filter(({ kind }) => kind !== 'direct').map(({ id }) => [id, spans(account, id)] as const);
        return new Map(named.filter(([, some]) => some.length > 0));
      },
      async count(account, sender, after, most, origin) {
        const direct = kept().filter(({ id, members, counts }) => id > after && members && counts);
        const counted = first(most, direct, (entry) => isAddressed(entry, account));
        const said = entries.filter((entry) => entry.sender === account);
        return {
          all: counted.length,
          own: counted.filter((entry) => entry.sender === sender).length,
          sameOrigin: origin ? counted.filter(({ id }) => origins[id - 1] === origin).length : 0,
          isContact: account !== sender && said.some(({ members }) => members?.includes(sender)),
        };
      },
      async enter(account, name, time, most) {
        const user = users.get(account);
        if (!user) return { id: 0, handed: 0 };
        const furthest = Math.max(user.since, ...user.devices.map(({ id }) => id));
        const device = deviceOf(account, name) ?? { name, id: furthest, handed: furthest, seen: 0 };
        device.seen = time;
        const others = user.devices.filter((one) => one !== device && (one.name !== '' || one.seen > 0));
        user.devices = [device, ...first(most - 1, others.sort(latestSeen))];
        return { id: device.id, handed: device.handed };
      },
      devices: async (account) => users.get(account)?.devices.map((device) => ({ ...device })) ?? [],
      async removeDevice(account, name) {
        const [user, device] = [users.get(account), deviceOf(account, name)];
        if (user) user.devices = user.devices.filter((one) => one !== device);
        return device !== undefined;
      },
      async moveCursors(moves, time) {
        for (const move of moves) {
          const device = deviceOf(move.account, move.device);
          if (!device) continue;
          device.id = Math.max(device.id, move.id);
          device.handed = Math.max(device.id, device.handed, move.handed);
          device.seen = Math.max(device.seen, time);
        }
      },
      async moveMarkers(moves) {
        for (const move of moves) moveMarker(...move);
      },
      unread: async (account) => positions(account).filter(({ last, marker }) => last > marker),
      position: async (account, id) => positions(account).find(({ room }) => room === id),
      positions: async (account, before, limit) =>
        first(limit, positions(account).sort(latestEntry), ({ lastId }) => lastId < before),
      createRoom: async (name, facts) => (named(name) ? undefined : createRoom({ kind: 'room', name, facts })),
      async room(room) {
        if (typeof room !== 'object') return withSize(typeof room === 'string' ? named(room) : roomAt(room));
        return rooms.find(({ members }) => String(members) === String(ascending(room)));
      },
      async setFacts(room, facts) {
        const found = roomAt(room);
        if (found) rooms[room - 1] = { ...found, facts };
      },
      async renameRoom(id, name, time) {
        const room = roomAt(id);
        if (room?.kind !== 'room') throw new Error('There is no such room.');
        if ((named(name)?.id ?? id) !== id) return undefined;
        rooms[id - 1] = { ...room, name };
        for (const { id: entry } of of(id)) entries[entry - 1] = { ...(entries[entry - 1] as Entry), roomName: name };
        appendOwn('rename', id, 0, time, JSON.stringify(name));
        followers.tell();
        return withSize(rooms[id - 1]);
      },
      async removeRoom(id) {
        if (roomAt(id)?.kind !== 'room') return;
        removed.add(id);
        stays = stays.filter(({ room }) => room !== id);
        for (const entry of of(id)) forgotten.add(entry.id);
      },
      rooms: async (after, limit) =>
        first(limit, rooms.filter(exists), ({ id, kind }) => kind === 'room' && id > after).map(
          (room) => withSize(room) as Room,
        ),
      roomsOf: async (account, kind) =>
        rooms
          .slice(1)
          .filter((room) => exists(room) && (kind ?? room.kind) === room.kind && isIn(room, account))
          .map((room) => withSize(room) as Room),
      async join(room, account, role, time) {
        if (roomAt(room)?.kind !== 'room' || !users.has(account)) throw new Error('There is no such room or user.');
        const stay = stayOf(room, account);
        if (stay) stay.role = role;
        else stays.push({ room, account, role, since: appendOwn('join', room, account, time), until: Infinity });
        if (!stay) moveMarker(account, room, seqOf(room));
        followers.tell();
      },
      async leave(room, account, time, forget, body) {
        const stay = stayOf(room, account);
        if (stay) stay.until = appendOwn('leave', room, account, time, body);
        if (forget) stays = stays.filter((one) => one.room !== room || one.account !== account);
        followers.tell();
      },
      async members(room, after, limit) {
        const there = [...users.keys()].filter((account) => account > after).flatMap((id) => stayOf(room, id) ?? []);
        return first(limit, there).map(({ account, role, since }) => ({ account, role, since }));
      },
      async member(room, account) {
        const { role, since } = stayOf(room, account) ?? {};
        return role === undefined || since === undefined ? undefined : { account, role, since };
      },
      async trim({ before, most, now = Infinity, keysSince, devicesSince = 0, ...keeping }) {
        for (const user of users.values()) {
          user.devices.sort(latestSeen);
          user.devices = user.devices.filter(({ seen }, index) => index === 0 || seen >= devicesSince);
        }
        const least = kept().at(-1 - most)?.id ?? 0;
        let youngest = 0;
        const youngestIn = new Map<number, number>();
        for (const entry of kept()) {
          // An entry is never older than its predecessors. Times in the future do not count.
          if (entry.time <= now) youngest = Math.max(youngest, entry.time);
          const time = Math.max(entry.time, youngestIn.get(entry.room) ?? 0);
          if (entry.time <= now) youngestIn.set(entry.room, time);
          const isWithin = entry.id > least && Math.max(youngest, entry.time) >= before;
          const limit = keeping.rooms?.has(entry.room) ? keeping.rooms.get(entry.room) : keeping.history;
          // An entry without a number goes with the next that has one.
          const next = of(entry.room).find(({ id, counts }) => id >= entry.id && counts);
          const cut = seqOf(entry.room) - (limit?.most ?? 0);
          const isKept = limit && time >= limit.before && (next === undefined || next.seq > cut);
          if (isWithin && (limit ? isKept : isWanted(entry))) continue;
          blank(entry.id);
          forgotten.add(entry.id);
        }
        sent = sent.filter(({ id, time }) => id > entries.length - most && time >= keysSince);
        return false;
      },
      latest: async () => entries.at(-1)?.time,
    },

    storage: chat.storageOver({
      read: async (key) => texts.get(key),
      write: async (key, text) => void (text === undefined ? texts.delete(key) : texts.set(key, text)),
      async replace(key, old, text) {
        const isOld = texts.get(key) === old;
        if (isOld) await this.write(key, text);
        return isOld;
      },
      async list(start, inclusive, end, limit) {
        const sorted = [...texts].sort(([a], [b]) => chat.byCodePoint(a, b));
        const first = sorted.findIndex(([key]) => chat.byCodePoint(key, start) >= (inclusive ? 0 : 1));
        return first < 0 ? [] : sorted.slice(first, first + limit).filter(([key]) => chat.byCodePoint(key, end) < 0);
      },
    }),
  };
}
