import {
  type Destination,
  DIRECT_MOST,
  type Entry,
  EVERYONE,
  type Member,
  nameKey,
  type Room,
  type Span,
} from 'chatserv';
import { firstAbove } from './by-id.ts';

/** An entry with its state in the log. */
export interface Kept {
  /** Replaced when it is redacted. */
  entry: Entry;
  readonly origin: string | undefined;
  /** Whether it is forgotten, though still in its room's list. */
  isGone: boolean;
  /** An account that had not read it at the last look. */
  lacking: number;
}

/** A membership of a named room, which covers the entries between two ids. */
export interface RoleSpan {
  readonly role: string;
  readonly since: number;
  /** 0 while it is a member. */
  readonly until: number;
}

/** A room with its entries. */
export interface KeptRoom {
  readonly id: number;
  readonly kind: Room['kind'];
  name: string;
  readonly members: readonly number[] | undefined;
  facts: Room['facts'];
  /** The number of its last entry that counts as unread. */
  seq: number;
  /** The id of its last entry. */
  last: number;
  /** Its entries, by id. */
  entries: Kept[];
  /** How many of them are gone. */
  gone: number;
  /** The present and past memberships of a named room, by account. */
  readonly spans: Map<number, readonly RoleSpan[]>;
  /** The members of a direct conversation that have said something. */
  readonly spoke: Set<number>;
  /** How many members a named room has. */
  size: number;
}

/** The rooms, by id, name and members. */
export class Rooms {
  readonly #byId = new Map<number, KeptRoom>();
  readonly #byName = new Map<string, KeptRoom>();
  readonly #byMembers = new Map<string, KeptRoom>();
  /** The last id assigned. */
  last = EVERYONE;

  constructor() {
    this.add({ id: EVERYONE, kind: 'everyone' });
  }

  /** Adds a room. It replaces one with the same id. */
  add({
    id,
    kind,
    name = '',
    members,
    facts = {},
    seq = 0,
    last = 0,
  }: Pick<KeptRoom, 'id' | 'kind'> & Partial<KeptRoom>): KeptRoom {
    const room: KeptRoom = {
      id,
      kind,
      name,
      members,
      facts,
      seq,
      last,
      entries: [],
      gone: 0,
      spans: new Map(),
      spoke: new Set(),
      size: 0,
    };
    this.#byId.set(id, room);
    if (kind === 'room') this.#byName.set(nameKey(name), room);
    if (members !== undefined) this.#byMembers.set(members.join(), room);
    this.last = Math.max(this.last, id);
    return room;
  }

  create(name: string, facts: Room['facts']): KeptRoom | undefined {
    return this.#byName.has(nameKey(name)) ? undefined : this.add({ id: this.last + 1, kind: 'room', name, facts });
  }

  /** A room by its id, its name, or the members of a conversation. */
  get(room: number | string | readonly number[]): KeptRoom | undefined {
    if (typeof room === 'number') return this.#byId.get(room);
    return typeof room === 'string' ? this.#byName.get(nameKey(room)) : this.#byMembers.get(ascending(room).join());
  }

  /** @returns false when the name is another room's */
  rename(room: KeptRoom, name: string): boolean {
    const holder = this.#byName.get(nameKey(name));
    if (holder !== undefined && holder !== room) return false;
    this.#byName.delete(nameKey(room.name));
    room.name = name;
    for (const kept of room.entries) kept.entry = { ...kept.entry, roomName: name };
    this.#byName.set(nameKey(name), room);
    return true;
  }

  remove(room: KeptRoom): void {
    this.#byId.delete(room.id);
    this.#byName.delete(nameKey(room.name));
  }

  /** All rooms, by id. */
  all(): IterableIterator<KeptRoom> {
    return this.#byId.values();
  }

  /** Checks a destination without creating a room. @throws when it does not exist and cannot be created */
  mustExist(to: Destination): void {
    if ('room' in to) {
      if (!this.#byId.has(to.room)) throw new Error(`there is no room ${to.room}`);
      return;
    }
    const { size } = new Set(to.direct);
    if (size === 0 || size > DIRECT_MOST) {
      throw new Error(`a direct conversation has 1 to ${DIRECT_MOST} members, and not ${size}`);
    }
  }

  /** The room of a destination. A conversation is created if it does not exist. */
  at(to: Destination): KeptRoom {
    if ('room' in to) return this.#byId.get(to.room) as KeptRoom;
    const members = ascending(to.direct);
    return this.#byMembers.get(members.join()) ?? this.add({ id: this.last + 1, kind: 'direct', members });
  }
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** A room as the service returns it. */
export function roomOf({ id, kind, name, members, facts, size }: KeptRoom): Room {
  return members === undefined ? { id, kind, name, facts, size } : { id, kind, name, members, facts, size };
}

export function isMember({ spans }: KeptRoom, account: number): boolean {
  return spans.get(account)?.at(-1)?.until === 0;
}

/** When an account could read a room. @param registered the log's end at its registration; undefined without an account */
export function spansOf(room: KeptRoom | undefined, account: number, registered: number | undefined): Span[] {
  if (room === undefined || registered === undefined) return [];
  if (room.members?.includes(account) === false) return [];
  const spans = room.kind === 'room' ? (room.spans.get(account) ?? []) : [{ since: 0, until: 0 }];
  return spans.map(({ since, until }) => ({ since: Math.max(since, registered), until }));
}

/** Members of a named room with ids above `after`, by id. */
export function membersOf({ spans }: KeptRoom, after: number, limit: number): Member[] {
  const accounts = [...spans.keys()].filter((account) => account > after).sort((a, b) => a - b);
  const found = accounts.flatMap((account) => memberIn(spans, account) ?? []);
  return found.slice(0, Math.max(0, limit));
}

/** A member of a named room, if the account is one now. */
export function memberIn(spans: KeptRoom['spans'], account: number): Member | undefined {
  const { role, since, until } = spans.get(account)?.at(-1) ?? { role: '', since: 0, until: 1 };
  return until === 0 ? { account, role, since } : undefined;
}

/** Replaces an account's memberships of a named room, and keeps the room's size. */
export function setSpans(room: KeptRoom, account: number, spans: readonly RoleSpan[]): void {
  const was = isMember(room, account);
  if (spans.length === 0) room.spans.delete(account);
  else room.spans.set(account, spans);
  room.size += Number(isMember(room, account)) - Number(was);
}

/** Whether an account may read the entry of a named room with this id. */
export function readableBy({ spans }: KeptRoom, account: number, id: number): boolean {
  return spans.get(account)?.some(({ since, until }) => since < id && (until === 0 || id < until)) ?? false;
}

/** Adds to `found` up to `limit` entries of a room that an account may read, above `after` and up to `upTo`. */
export function readRoom(
  room: KeptRoom,
  account: number,
  after: number,
  upTo: number,
  limit: number,
  found: Entry[],
): void {
  const { entries, kind, last } = room;
  if (last <= after) return;
  const most = found.length + limit;
  if (kind !== 'room') {
    readBetween(entries, after, upTo, most, found);
    return;
  }
  for (const { since, until } of room.spans.get(account) ?? []) {
    readBetween(entries, Math.max(after, since), until === 0 ? upTo : Math.min(upTo, until - 1), most, found);
  }
}

function readBetween(entries: readonly Kept[], after: number, upTo: number, most: number, found: Entry[]): void {
  for (let at = firstAbove(after, entries, idOf); at < entries.length && found.length < most; at++) {
    const kept = entries[at] as Kept;
    if (kept.entry.id > upTo) return;
    if (!kept.isGone) found.push(kept.entry);
  }
}

export function idOf({ entry }: Kept): number {
  return entry.id;
}

/** Removes a forgotten entry from its room's list, now or together with others later. */
export function leaveRoom(room: KeptRoom, kept: Kept): void {
  kept.isGone = true;
  room.gone++;
  if (room.gone < room.entries.length / 2) return;
  room.entries = room.entries.filter(({ isGone }) => !isGone);
  room.gone = 0;
}
