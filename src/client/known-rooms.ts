import { EVERYONE } from '../api/entry.ts';
import { type ListedRoom, markerIn, roomsIn } from './events.ts';
import type { ServerEvent } from './json-events.ts';
import type { KnownRoom, Rooms } from './owner.ts';
import { type Answer, RequestError } from './requests.ts';

type Event<Type extends ServerEvent['type']> = Omit<Extract<ServerEvent, { type: Type }>, 'type'>;

/** What the rooms need from the conversation. */
export interface KnownRoomsHost {
  /** The user's own name. */
  name(): string | undefined;
  /** Calls a command. @param first ahead of the queue, and only on this connection */
  ask(command: string, values: Readonly<Record<string, unknown>>, first: boolean): Promise<Answer>;
  /** A room is new, or has changed. */
  room(room: KnownRoom): void;
  /** The user has left a room. */
  left(room: number): void;
}

/**
 * The rooms that the server has listed, with what is unread in them. Entries are numbered within their room, so a message
 * or a moved marker that comes late or twice does no harm.
 */
export class KnownRooms implements Rooms {
  readonly #host: KnownRoomsHost;
  readonly #rooms = new Map<number, ListedRoom>();
  /** Where the next page begins; undefined at the end, and before the first page. */
  #next: number | undefined;
  #hasListed = false;
  #listing: Promise<void> | undefined;

  constructor(host: KnownRoomsHost) {
    this.#host = host;
  }

  get known(): readonly KnownRoom[] {
    return [...this.#rooms.values()].sort((a, b) => b.lastId - a.lastId).map(shown);
  }

  /** Lists the latest rooms, after a login or when a room is new. The server may lack the command. */
  list(): Promise<void> {
    this.#listing ??= this.#list().finally(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  async listAll(): Promise<void> {
    await this.#listing;
    while (await this.more().catch(() => false)) {}
  }

  async more(): Promise<boolean> {
    if (this.#next === undefined) return false;
    this.#next = await this.#ask({ before: this.#next }, false);
    return true;
  }

  /** The connection is lost: markers move meanwhile. */
  lost(): void {
    this.#rooms.clear();
    this.#next = undefined;
    this.#hasListed = false;
  }

  async markRead(room: number, id?: number): Promise<void> {
    const { facts } = await this.#host.ask('read', { place: `room:${room}`, ...(id !== undefined && { id }) }, false);
    const marker = markerIn(facts);
    if (marker !== undefined) this.marker(marker);
  }

  /** A message or another entry has arrived. */
  entry(event: Pick<Event<'message'>, 'room' | 'id' | 'seq' | 'from' | 'mentions' | 'mentionsAll'>): void {
    const { room = EVERYONE, id, seq = 0, from, mentions: named = [], mentionsAll = false } = event;
    if (id === 0) return;
    const known = this.#rooms.get(room);
    if (known === undefined) {
      if (this.#hasListed) void this.list();
      return;
    }
    // What the user posts on another device is read.
    const isOwn = from === this.#host.name();
    // Numbers that are passed over belong to users whom the user ignores.
    const hidden = isOwn ? 0 : (known.hidden ?? 0) + Math.max(0, seq - known.last - 1);
    const isMention = !isOwn && seq > known.last && (mentionsAll || named.includes(this.#host.name() ?? ''));
    const mentions = known.mentions + (isMention ? 1 : 0);
    this.#set({ ...known, lastId: id, last: seq, seq: isOwn ? seq : known.seq, hidden, mentions });
  }

  marker({ room, seq, unread, hidden = 0, mentions }: Event<'marker'>): void {
    const known = this.#rooms.get(room);
    if (known !== undefined) this.#set({ ...known, seq, last: seq + unread + hidden, hidden, mentions });
  }

  notify({ room, level }: Event<'notify'>): void {
    const known = this.#rooms.get(room);
    if (known !== undefined) this.#set({ ...known, level });
  }

  left({ room }: Event<'left'>): void {
    this.#rooms.delete(room);
    this.#host.left(room);
  }

  /** A message of the user's was answered: posting marks the room as read up to it. */
  posted(facts: Answer['facts']): void {
    const { id, room, seq } = facts ?? {};
    if (typeof room === 'number' && typeof seq === 'number' && typeof id === 'number') {
      this.entry({ id, room, seq, from: this.#host.name() ?? '' });
    }
  }

  async #list(): Promise<void> {
    try {
      const next = await this.#ask({}, true);
      if (!this.#hasListed) this.#next = next;
      this.#hasListed = true;
    } catch (cause) {
      if (!(cause instanceof RequestError)) throw cause;
    }
  }

  /** Asks for a page. @returns where the next one begins */
  async #ask(values: Readonly<Record<string, unknown>>, first: boolean): Promise<number | undefined> {
    const { facts } = await this.#host.ask('conversations', values, first);
    for (const room of roomsIn(facts)) this.#set(room);
    return typeof facts?.next === 'number' ? facts.next : undefined;
  }

  /** Updates a room. Its last entry and its marker only move forward. */
  #set(room: ListedRoom): void {
    const before = this.#rooms.get(room.room);
    const last = Math.max(room.last, before?.last ?? 0);
    const seq = Math.max(room.seq, before?.seq ?? 0);
    const newer = room.seq < seq ? before : room;
    const hidden = newer?.hidden ?? 0;
    const unread = Math.max(0, last - seq - hidden);
    const mentions = Math.min(unread, newer?.mentions ?? 0);
    const updated = {
      ...room,
      hidden,
      last,
      lastId: Math.max(room.lastId, before?.lastId ?? 0),
      seq,
      unread,
      mentions,
    };
    this.#rooms.set(room.room, updated);
    if (JSON.stringify(updated) !== JSON.stringify(before)) this.#host.room(shown(updated));
  }
}

function shown({
  room: id,
  kind,
  roomName: name,
  members,
  seq: marker,
  unread,
  mentions,
  level,
}: ListedRoom): KnownRoom {
  return { id, kind, name, members, marker, unread, mentions, level };
}
