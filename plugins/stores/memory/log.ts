import {
  type Entry,
  EVERYONE,
  Followers,
  type Gap,
  type HistoryRange,
  type InboxCount,
  type NewEntry,
  type Room,
  type Span,
  type Unread,
} from 'chatserv';
import { firstAbove } from './by-id.ts';
import { gapIn } from './gaps.ts';
import { Keys } from './keys.ts';
import { Mentions } from './mentions.ts';
import { moveMarker, type Place, Places } from './places.ts';
import {
  idOf,
  isMember,
  type Kept,
  type KeptRoom,
  leaveRoom,
  type RoleSpan,
  Rooms,
  readableBy,
  readRoom,
  setSpans,
  spansOf,
} from './rooms.ts';

/** A log in memory. Its parts are public for the store's archive. */
export class LogInMemory {
  readonly rooms = new Rooms();
  readonly places = new Places();
  readonly keys = new Keys();
  readonly mentions = new Mentions();
  /** The entries that are not forgotten, oldest first. */
  readonly entries = new Map<number, Kept>();
  /** The last id ever assigned. */
  end = 0;
  /** The ids of edits and redactions, by the id of the entry they change. */
  readonly #changes = new Map<number, number[]>();
  readonly followers = new Followers();
  #latest: number | undefined;

  /** Adds a numbered entry. Call it in ascending order of ids. */
  keep(entry: Entry, origin: string | undefined, room: KeptRoom): void {
    const kept = { entry, origin, isGone: false, lacking: 0 };
    this.entries.set(entry.id, kept);
    room.entries.push(kept);
    this.#latest = entry.time;
    if (entry.of !== undefined) this.#changes.set(entry.of, [...(this.#changes.get(entry.of) ?? []), entry.id]);
  }

  /** Numbers an entry and adds it. */
  append({ to, origin, mentions, ...written }: NewEntry): Entry {
    const room = this.rooms.at(to);
    const { kind, version, counts, sender, from, device, toSender, body, of, reply, mentionsAll, time } = written;
    const id = ++this.end;
    const entry: Entry = {
      id,
      room: room.id,
      members: room.members,
      roomName: room.kind === 'room' ? room.name : undefined,
      seq: counts ? ++room.seq : 0,
      previous: room.last,
      kind,
      version,
      counts,
      sender,
      from,
      device,
      toSender,
      body,
      of,
      reply,
      mentionsAll,
      time,
    };
    room.last = id;
    if (entry.seq > 0) this.mentions.add(entry, mentions, mentionsAll);
    if (room.members !== undefined) this.noteMembers(room, room.members, sender);
    this.keep(entry, origin, room);
    if (kind === 'redaction' && of !== undefined) this.#redact(of);
    return entry;
  }

  /** Adds a conversation to its members' rooms, and its members to the sender's contacts. */
  noteMembers(room: KeptRoom, members: readonly number[], sender?: number): void {
    for (const member of members) this.places.get(member)?.rooms.set(room.id, room);
    if (sender === undefined || room.spoke.has(sender) || !members.includes(sender)) return;
    room.spoke.add(sender);
    const contacts = this.places.get(sender)?.contacts;
    for (const other of members) if (other !== sender) contacts?.add(other);
  }

  /** @throws when there is such an entry, and it was redacted */
  mustNotBeRedacted(id: number | undefined): void {
    if (id !== undefined && this.entries.get(id)?.entry.redacted) throw new Error(`the entry ${id} was redacted`);
  }

  #redact(of: number): void {
    this.mentions.remove(of);
    for (const id of [of, ...(this.#changes.get(of) ?? [])]) {
      const kept = this.entries.get(id);
      if (kept !== undefined && kept.entry.kind !== 'redaction') {
        kept.entry = { ...kept.entry, body: '', redacted: true };
      }
    }
  }

  /** What changes an entry, except redactions. */
  changesOf({ entry }: Kept): Kept[] {
    const changes = (this.#changes.get(entry.id) ?? []).flatMap((id) => this.entries.get(id) ?? []);
    return changes.filter((change) => change.entry.kind !== 'redaction');
  }

  forget(kept: Kept): void {
    const { id, room, of } = kept.entry;
    this.entries.delete(id);
    this.mentions.remove(id);
    if (of !== undefined) {
      const rest = this.#changes.get(of)?.filter((other) => other !== id) ?? [];
      if (rest.length > 0) this.#changes.set(of, rest);
      else this.#changes.delete(of);
    }
    const its = this.rooms.get(room);
    if (its !== undefined) leaveRoom(its, kept);
  }

  latest(): number | undefined {
    return this.#latest;
  }

  read(
    account: number,
    { since, rooms }: Place,
    after: number,
    upTo: number,
    limit: number,
    skip?: ReadonlyMap<number, number>,
  ): Entry[] {
    const found: Entry[] = [];
    const from = Math.max(after, since);
    const everyone = this.rooms.get(EVERYONE) as KeptRoom;
    for (const room of [everyone, ...rooms.values()]) {
      const skipped = skip?.get(room.id) ?? 0;
      if (skipped > from) found.push(...this.#mentioning(room, account, from, Math.min(upTo, skipped)));
      readRoom(room, account, Math.max(from, skipped), upTo, limit, found);
    }
    // Each room contributed up to `limit` entries, so the first ones overall are among them.
    return found.sort((a, b) => a.id - b.id).slice(0, limit);
  }

  *#mentioning(room: KeptRoom, account: number, after: number, upTo: number): Iterable<Entry> {
    for (const id of this.mentions.between(account, room.id, after, upTo)) {
      const { entry } = this.entries.get(id) ?? {};
      if (entry !== undefined && readableBy(room, account, id)) yield entry;
    }
  }

  gaps(account: number, after: number, upTo: number, most: number, keep: number): Gap[] {
    const { rooms = [], since = 0 } = this.places.get(account) ?? {};
    const isMention = (id: number) => this.mentions.has(account, id);
    const gaps = [...(rooms.values() as Iterable<KeptRoom>)].map((room) =>
      room.kind === 'room' ? gapIn(room, account, Math.max(after, since), upTo, most, keep, isMention) : undefined,
    );
    return gaps.filter((gap) => gap !== undefined);
  }

  count(account: number, sender: number, after: number, most: number, origin: string | undefined): InboxCount {
    const { rooms = [], since = 0, contacts } = this.places.get(account) ?? {};
    const counted = { all: 0, own: 0, sameOrigin: 0, isContact: contacts?.has(sender) ?? false };
    const from = Math.max(after, since);
    for (const room of rooms.values() as Iterable<KeptRoom>) {
      if (room.members === undefined || room.last <= from) continue;
      for (let at = firstAbove(from, room.entries, idOf); at < room.entries.length && counted.all < most; at++) {
        const { entry, isGone, origin: other } = room.entries[at] as Kept;
        if (isGone || !entry.counts || (entry.sender === account && !entry.toSender)) continue;
        counted.all++;
        if (entry.sender === sender) counted.own++;
        if (origin !== undefined && other === origin) counted.sameOrigin++;
      }
    }
    return counted;
  }

  history(
    room: number,
    { after = 0, before = this.end + 1, limit, from, counting = false, except = [] }: HistoryRange,
  ): Entry[] {
    const found: Entry[] = [];
    const { entries = [] } = this.rooms.get(room) ?? {};
    const [first, end] = [firstAbove(after, entries, idOf), firstAbove(before - 1, entries, idOf)];
    for (let i = 0; i < end - first && found.length < limit; i++) {
      const { entry, isGone } = entries[from === 'oldest' ? first + i : end - 1 - i] as Kept;
      if (!isGone && (entry.counts || !counting) && !except.includes(entry.sender)) found.push(entry);
    }
    return from === 'oldest' ? found : found.reverse();
  }

  /** Up to `limit` entries with ids above `after`. */
  entriesAfter(after: number, limit: number): Entry[] {
    const found: Entry[] = [];
    const [first = this.end + 1] = this.entries.keys();
    for (let id = Math.max(after + 1, first); id <= this.end && found.length < limit; id++) {
      const { entry } = this.entries.get(id) ?? {};
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** Up to `limit` entries that change one of these, by id, of one kind or of all. */
  changes(ids: readonly number[], limit: number, kind?: string): Entry[] {
    const changes = ids.flatMap((id) => this.#changes.get(id) ?? []).sort((a, b) => a - b);
    const entries = changes.flatMap((id) => this.entries.get(id)?.entry ?? []);
    return entries.filter((entry) => entry.kind === (kind ?? entry.kind)).slice(0, Math.max(0, limit));
  }

  /** Starts a membership, or changes its role. @throws when the room or the account does not exist */
  join(id: number, account: number, role: string, time: number): void {
    const room = this.rooms.get(id);
    const place = this.places.get(account);
    if (room?.kind !== 'room') throw new Error(`there is no named room ${id}`);
    if (place === undefined) throw new Error(`there is no account ${account}`);
    const spans = room.spans.get(account) ?? [];
    const last = spans.at(-1);
    if (last?.until === 0) {
      setSpans(room, account, [...spans.slice(0, -1), { ...last, role }]);
      return;
    }
    this.#append('join', id, account, place.name, time);
    setSpans(room, account, [...spans, { role, since: this.end, until: 0 }]);
    place.rooms.set(id, room);
    // What was said before is not for the account.
    moveMarker(place, id, room.seq);
    this.followers.tell();
  }

  leave(id: number, account: number, time: number, forget: boolean, body: string): void {
    const room = this.rooms.get(id);
    const place = this.places.get(account);
    if (room === undefined || place === undefined) return;
    const was = isMember(room, account);
    if (was) {
      this.#append('leave', id, account, place.name, time, body);
      const spans = room.spans.get(account) ?? [];
      setSpans(room, account, spans.with(-1, { ...(spans.at(-1) as RoleSpan), until: this.end }));
    }
    if (forget) {
      setSpans(room, account, []);
      place.rooms.delete(id);
    }
    this.followers.tell();
  }

  /** @returns false when the name is taken. @throws when there is no such named room */
  rename(id: number, name: string, time: number): boolean {
    const room = this.rooms.get(id);
    if (room?.kind !== 'room') throw new Error(`there is no room ${id} to rename`);
    if (!this.rooms.rename(room, name)) return false;
    this.#append('rename', id, 0, '*server*', time, JSON.stringify(name));
    this.followers.tell();
    return true;
  }

  removeRoom(id: number): void {
    const room = this.rooms.get(id);
    if (room?.kind !== 'room') return;
    this.rooms.remove(room);
    for (const account of room.spans.keys()) this.places.get(account)?.rooms.delete(id);
    for (const kept of room.entries) if (!kept.isGone) this.forget(kept);
  }

  #append(kind: string, room: number, sender: number, from: string, time: number, body = ''): void {
    const plain = { version: 1, counts: false, device: '', toSender: false, body };
    this.followers.note([this.append({ ...plain, to: { room }, kind, sender, from, time })]);
  }

  /** Adds an account. */
  register(account: number, name: string): void {
    const place = this.places.add(account, name, this.end);
    // Earlier entries are not for the account.
    moveMarker(place, EVERYONE, this.rooms.get(EVERYONE)?.seq ?? 0);
  }

  /** How much of a room an account has read; undefined if it is not in the room. */
  position(account: number, room: KeptRoom | undefined): Unread | undefined {
    const { markers } = this.places.get(account) ?? {};
    if (room === undefined || markers === undefined || !isIn(room, account)) return undefined;
    const { id, last, seq } = room;
    const marker = Math.min(seq, markers.get(id) ?? 0);
    return { room: id, lastId: last, last: seq, marker, mentions: this.mentions.count(account, id, marker) };
  }

  /** The positions of an account in the rooms that it is in, by id. */
  positions(account: number): Unread[] {
    const rooms = [this.rooms.get(EVERYONE), ...this.roomsOf(account)];
    return rooms.map((room) => this.position(account, room)).filter((position) => position !== undefined);
  }

  /** When an account could read `everyone` and named rooms, by room. */
  namedSpans(account: number): Map<number, readonly Span[]> {
    const { since, rooms } = this.places.get(account) ?? {};
    const named = new Map<number, readonly Span[]>();
    for (const room of [this.rooms.get(EVERYONE), ...(rooms?.values() ?? [])]) {
      const spans = room?.kind === 'direct' ? [] : spansOf(room, account, since);
      if (room !== undefined && spans.length > 0) named.set(room.id, spans);
    }
    return named;
  }

  /** The named rooms and conversations that an account is currently in, by id. */
  *roomsOf(account: number, kind?: Room['kind']): Iterable<KeptRoom> {
    const rooms = [...(this.places.get(account)?.rooms.values() ?? [])].sort((a, b) => a.id - b.id);
    for (const room of rooms) {
      if (room.kind !== (kind ?? room.kind)) continue;
      if (room.kind === 'direct' || isMember(room, account)) yield room;
    }
  }
}

function isIn(room: KeptRoom, account: number): boolean {
  return room.kind === 'everyone' || (room.members?.includes(account) ?? isMember(room, account));
}
