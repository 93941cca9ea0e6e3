import { type Destination, DIRECT_MOST, type Entry, EVERYONE, type Member, nameKey, type Room } from 'chatserv';
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
export interface Span {
  readonly role: string;
  readonly since: number;
  /** 0 while it is a member. */
  readonly until: number;
}

/** A room with its entries. */
export interface KeptRoom {
  readonly id: number;
  readonly kind: Room['kind'];
  readonly name: string;
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
  readonly spans: Map<number, readonly Span[]>;
  /** The members of a direct conversation that have said something. */
  readonly spoke: Set<number>;
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

  get(room: number | string): KeptRoom | undefined {
    return typeof room === 'number' ? this.#byId.get(room) : this.#byName.get(nameKey(room));
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
    const members = [...new Set(to.direct)].sort((a, b) => a - b);
    return this.#byMembers.get(members.join()) ?? this.add({ id: this.last + 1, kind: 'direct', members });
  }
}

/** A room as the service returns it. */
export function roomOf({ id, kind, name, members, facts }: KeptRoom): Room {
  return members === undefined ? { id, kind, name, facts } : { id, kind, name, members, facts };
}

export function isMember({ spans }: KeptRoom, account: number): boolean {
  return spans.get(account)?.at(-1)?.until === 0;
}

/** Members of a named room with ids above `after`, by id. */
export function membersOf({ spans }: KeptRoom, after: number, limit: number): Member[] {
  const found: Member[] = [];
  for (const [account, of] of spans) {
    const { role, since, until } = of.at(-1) as Span;
    if (account > after && until === 0) found.push({ account, role, since });
  }
  return found.sort((a, b) => a.account - b.account).slice(0, Math.max(0, limit));
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
