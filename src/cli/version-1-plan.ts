import { DIRECT_MOST, EVERYONE } from '../api/entry.ts';
import { type ArchiveLine, head, type Line } from './archive-lines.ts';
import type { Account1, Message1 } from './version-1-lines.ts';

interface PlannedRoom {
  readonly id: number;
  readonly members: readonly number[] | undefined;
  seq: number;
  last: number;
  /** Each sender's last sequence number. */
  readonly own: Map<number, number>;
  /** The number and id of the last entry that was converted. */
  given: { readonly seq: number; readonly id: number };
}

/**
 * Turns the messages of an archive without rooms into entries: one entry in the room of everyone, or in the conversation
 * of the sender and the recipients that have not received it yet. With too many of those for a conversation, each gets an
 * entry in a conversation with the sender. A message that everyone has received is dropped. n entries take n ids, which
 * shifts all later ids.
 */
export class Version1Plan {
  /** By the account's id. */
  readonly #accounts = new Map<number, { readonly since: number; readonly cursor: number }>();
  readonly #everyone: PlannedRoom = newRoom(EVERYONE, undefined);
  readonly #rooms = new Map<string, PlannedRoom>();
  /** From which id of a message on ids are shifted, and by how much. */
  readonly #shifts: { readonly from: number; readonly by: number }[] = [];
  /** The ids of entries to everyone. */
  readonly #toEveryone: number[] = [];
  #hasGivenRooms = false;

  addAccount({ id, since, cursor }: Account1): void {
    this.#accounts.set(id, { since, cursor });
  }

  addMessage(message: Message1): void {
    const places = this.#placesOf(message);
    if (places.length > 1) {
      this.#shifts.push({ from: message.id, by: (this.#shifts.at(-1)?.by ?? 0) + places.length - 1 });
    }
    const first = this.#shifted(message.id) - places.length + 1;
    for (const [at, { members }] of places.entries()) {
      const room = this.#room(members);
      room.seq++;
      room.last = first + at;
      room.own.set(message.sender, room.seq);
      if (members === undefined) this.#toEveryone.push(room.last);
    }
  }

  head({ account, message }: { readonly account: number; readonly message: number }): ArchiveLine {
    return head({ account, room: EVERYONE + this.#rooms.size, entry: this.#shifted(message) });
  }

  account({ since, cursor, handed, ...account }: Account1): ArchiveLine {
    const at = this.#shifted(cursor);
    const device = { name: '', id: at, handed: Math.max(at, this.#shifted(handed)), seen: account.seen };
    const read = this.#toEveryone.findLastIndex((id) => id <= at) + 1;
    const markers: [number, number][] = read > 0 ? [[EVERYONE, read]] : [];
    for (const { id, own } of this.#rooms.values()) {
      const seq = own.get(account.id);
      if (seq !== undefined) markers.push([id, seq]);
    }
    return { ...account, since: this.#shifted(since), devices: [device], markers };
  }

  /** The lines of a message; before the first message, those of the rooms too. */
  message(message: Message1): ArchiveLine[] {
    const { id, sender, from, text, time, key, unknown = [] } = message;
    const places = this.#placesOf(message);
    const last = this.#shifted(id);
    const first = places.length === 0 ? last : last - places.length + 1;
    const lines: ArchiveLine[] = this.#hasGivenRooms ? [] : this.#roomLines();
    this.#hasGivenRooms = true;
    for (const [at, { members, toSender }] of places.entries()) {
      const room = this.#room(members);
      const seq = room.given.seq + 1;
      const place = { id: first + at, room: room.id, seq, previous: room.given.id };
      room.given = place;
      const plain = { kind: 'message', version: 1, counts: true, device: '' };
      lines.push({ type: 'entry', ...place, ...plain, sender, from, toSender, body: text, time });
    }
    if (key !== undefined) lines.push({ type: 'key', id: first, sender, key, unknown, time });
    return lines;
  }

  #roomLines(): ArchiveLine[] {
    return [this.#everyone, ...this.#rooms.values()].map(({ id, members, seq, last, own }): Line<'room'> => {
      const room = { type: 'room' as const, id, name: '', facts: {}, seq, last, memberships: [] };
      if (members === undefined) return { ...room, kind: 'everyone', spoke: [] };
      return { ...room, kind: 'direct', members, spoke: [...own.keys()].sort((a, b) => a - b) };
    });
  }

  /** Where a message goes: the members of each conversation, or undefined for everyone. */
  #placesOf({ id, sender, audience }: Message1): { members: readonly number[] | undefined; toSender: boolean }[] {
    if (audience === 'everyone') return [{ members: undefined, toSender: false }];
    const waiting = [...new Set(audience)].filter((one) => this.#waits(one, id)).sort((a, b) => a - b);
    if (waiting.length === 0) return [];
    const members = [...new Set([sender, ...waiting])].sort((a, b) => a - b);
    if (members.length <= DIRECT_MOST) return [{ members, toSender: audience.includes(sender) }];
    return waiting.map((one) => ({
      members: [...new Set([sender, one])].sort((a, b) => a - b),
      toSender: one === sender,
    }));
  }

  #waits(account: number, message: number): boolean {
    const place = this.#accounts.get(account);
    return place !== undefined && place.since < message && place.cursor < message;
  }

  #room(members: readonly number[] | undefined): PlannedRoom {
    if (members === undefined) return this.#everyone;
    const key = members.join();
    const room = this.#rooms.get(key) ?? newRoom(EVERYONE + 1 + this.#rooms.size, members);
    this.#rooms.set(key, room);
    return room;
  }

  /** The new id of an entry, or position in the log, by the old one. */
  #shifted(place: number): number {
    let [low, high] = [0, this.#shifts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#shifts[middle]?.from ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return place + (this.#shifts[low - 1]?.by ?? 0);
  }
}

function newRoom(id: number, members: readonly number[] | undefined): PlannedRoom {
  return { id, members, seq: 0, last: 0, own: new Map(), given: { seq: 0, id: 0 } };
}
