import type { Entry, Room } from '../api/entry.ts';

const NOBODY: ReadonlySet<number> = new Set();

/** Reads the named rooms of an account. */
export type RoomsOf = (account: number) => Promise<readonly Room[]>;

/** The online members of named rooms, kept up to date from the log's entries. */
export class Memberships {
  /** Called with each room whose first member came online or whose last one left. */
  changed: (room: number, isOccupied: boolean) => void = () => {};
  /** Accounts by room. */
  readonly #members = new Map<number, Set<number>>();
  /** Rooms by account. */
  readonly #rooms = new Map<number, Set<number>>();
  /** Accounts whose rooms are being read: until then they count as members of every room. */
  readonly #reading = new Map<number, Promise<void>>();
  /** Of these, accounts that joined or left a room meanwhile: their rooms are read again. */
  readonly #stale = new Set<number>();

  /** Reads the rooms of an account, unless they are known. @throws when they cannot be read */
  async load(account: number, roomsOf: RoomsOf): Promise<void> {
    if (this.#rooms.has(account)) return;
    const reading = this.#reading.get(account) ?? this.#read(account, roomsOf);
    this.#reading.set(account, reading);
    try {
      await reading;
    } finally {
      this.#reading.delete(account);
    }
  }

  async #read(account: number, roomsOf: RoomsOf): Promise<void> {
    let rooms: readonly Room[];
    do {
      this.#stale.delete(account);
      rooms = await roomsOf(account);
    } while (this.#stale.has(account));
    this.#rooms.set(account, new Set());
    for (const { id } of rooms) this.#add(id, account);
  }

  /** The account's last session is gone. */
  forget(account: number): void {
    for (const room of this.#rooms.get(account) ?? []) this.#remove(room, account);
    this.#rooms.delete(account);
  }

  /** Applies an entry that is about to be delivered. */
  note({ kind, room, sender }: Entry): void {
    if (kind !== 'join' && kind !== 'leave') return;
    if (this.#reading.has(sender)) this.#stale.add(sender);
    if (!this.#rooms.has(sender)) return;
    if (kind === 'join') this.#add(room, sender);
    else this.#remove(room, sender);
  }

  /** The online members of a room, and accounts that may be. */
  *of(room: number): Iterable<number> {
    yield* this.#members.get(room) ?? NOBODY;
    yield* this.#reading.keys();
  }

  /** The rooms that have members online. */
  occupied(): Iterable<number> {
    return this.#members.keys();
  }

  #add(room: number, account: number): void {
    const isFirst = !this.#members.has(room);
    addTo(this.#members, room, account);
    addTo(this.#rooms, account, room);
    if (isFirst) this.changed(room, true);
  }

  #remove(room: number, account: number): void {
    const members = this.#members.get(room);
    members?.delete(account);
    this.#rooms.get(account)?.delete(room);
    if (members?.size === 0 && this.#members.delete(room)) this.changed(room, false);
  }
}

function addTo(map: Map<number, Set<number>>, key: number, value: number): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}
