import { type Destination, DIRECT_MOST, type Entry, EVERYONE, type Member, nameKey, type Room } from 'chatserv';
import { firstAbove } from './rising.ts';

/** An entry as it is kept. */
export interface Kept {
  /** Replaced when it is redacted. */
  entry: Entry;
  readonly origin: string | undefined;
  /** Whether it is forgotten, and only not yet removed from its room's list. */
  isGone: boolean;
  /** An account that lacked it when it was last looked at. */
  lacking: number;
}

/** A time for which an account was a member of a named room: what lies between these ids is for it. */
export interface Span {
  readonly role: string;
  readonly since: number;
  /** 0 while it is a member. */
  readonly until: number;
}

/** A room with what is in it. */
export interface KeptRoom {
  readonly id: number;
  readonly kind: Room['kind'];
  readonly name: string;
  readonly members: readonly number[] | undefined;
  facts: Room['facts'];
  /** The number of its last entry that counts. */
  seq: number;
  /** The id of its last entry. */
  last: number;
  /** Its entries, by id. */
  entries: Kept[];
  /** How many of them are gone. */
  gone: number;
  /** Of a named room: who is or was in it, and when. */
  readonly spans: Map<number, readonly Span[]>;
  /** Of a direct conversation: the members that have said something. */
  readonly spoke: Set<number>;
}

/** The rooms, by all that finds them. */
export class Rooms {
  readonly #byId = new Map<number, KeptRoom>();
  readonly #byName = new Map<string, KeptRoom>();
  readonly #byMembers = new Map<string, KeptRoom>();
  /** The greatest id that was given. */
  last = EVERYONE;

  constructor() {
    this.add({ id: EVERYONE, kind: 'everyone' });
  }

  /** Adds a room, in place of one with its id. */
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

  /** All of them, by id. */
  all(): IterableIterator<KeptRoom> {
    return this.#byId.values();
  }

  /** A check that makes nothing. @throws when there is no such place */
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

  /** The room, which is made if it is a conversation that does not exist yet. */
  at(to: Destination): KeptRoom {
    if ('room' in to) return this.#byId.get(to.room) as KeptRoom;
    const members = [...new Set(to.direct)].sort((a, b) => a - b);
    return this.#byMembers.get(members.join()) ?? this.add({ id: this.last + 1, kind: 'direct', members });
  }
}

/** A room as the contract has it. */
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

/** Whether what has this id in a named room is for an account. */
export function readableBy({ spans }: KeptRoom, account: number, id: number): boolean {
  return spans.get(account)?.some(({ since, until }) => since < id && (until === 0 || id < until)) ?? false;
}

/** Adds to what was found the entries of a room that are for an account, above `after` and up to `upTo`, `limit` at most. */
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

/** Takes a forgotten entry off its room's list, now or with others. */
export function leaveRoom(room: KeptRoom, kept: Kept): void {
  kept.isGone = true;
  room.gone++;
  if (room.gone < room.entries.length / 2) return;
  room.entries = room.entries.filter(({ isGone }) => !isGone);
  room.gone = 0;
}
