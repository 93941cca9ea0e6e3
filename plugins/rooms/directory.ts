import { type Entry, type Logger, type MessageLog, nameKey, type Room, skeletons } from 'chatserv';
import { type KnownRoom, knownRoom } from './facts.ts';

/** How many rooms to read at a time. */
const PAGE = 500;

/** All rooms, in memory. It follows the log, so that it sees what other processes change too. */
export class Directory {
  readonly #log: MessageLog;
  readonly #logger: Logger;
  readonly #gone: (id: number) => void;
  readonly #byId = new Map<number, KnownRoom>();
  readonly #byKey = new Map<string, KnownRoom>();
  /** By what their names look like (UTS #39); made when a name is first compared. */
  #bySkeleton: Map<string, KnownRoom> | undefined;
  /** How many rooms each account has created. */
  readonly #created = new Map<number, number>();
  /** The rooms by name; undefined after a change. */
  #sorted: readonly KnownRoom[] | undefined;
  #loading: Promise<void> | undefined;
  /** Counts the entries that may have changed a room. A read that began before the last one is repeated. */
  readonly #changes = new Map<number, number>();
  /** Accounts that have left all rooms, and are to be removed. */
  readonly #roomless = new Set<number>();

  /** @param gone called with each room that no longer exists */
  constructor(log: MessageLog, logger: Logger, gone: (id: number) => void) {
    this.#log = log;
    this.#logger = logger;
    this.#gone = gone;
  }

  /** Reads all rooms, once. @throws when they cannot be read; the next call tries again */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((cause: unknown) => {
      this.#loading = undefined;
      throw cause;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    for await (const room of this.#stored()) {
      // A deletion that was interrupted.
      if (this.put(room) === undefined) await this.#log.removeRoom(room.id);
    }
  }

  /** All rooms of the log, by id. */
  async *#stored(): AsyncGenerator<Room> {
    for (let after = 0; ; ) {
      const page = await this.#log.rooms(after, PAGE);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.id;
    }
  }

  /** An account that is to be removed has left all rooms, as entries of the log say. */
  leftAll(account: number): void {
    this.#roomless.add(account);
  }

  /**
   * An account was removed. Unless it had left its rooms before, counts the members of all rooms again, as no entry says
   * which it was in.
   * @returns the rooms that have lost their last member by that
   */
  async removed(account: number): Promise<readonly KnownRoom[]> {
    if (this.#roomless.delete(account)) return [];
    const emptied: KnownRoom[] = [];
    for await (const { id, size } of this.#stored()) {
      const known = this.#byId.get(id);
      if (known === undefined) continue;
      if (size === 0 && known.size > 0) emptied.push(known);
      known.size = size;
    }
    return emptied;
  }

  get count(): number {
    return this.#byId.size;
  }

  get(id: number): KnownRoom | undefined {
    return this.#byId.get(id);
  }

  /** A room by its name, in any spelling, without `#`. */
  find(name: string): KnownRoom | undefined {
    return this.#byKey.get(nameKey(name));
  }

  /** A room that this name may be mistaken for, or that has it. @param except a room that is being renamed */
  lookalike(name: string, except?: KnownRoom): KnownRoom | undefined {
    if (this.#bySkeleton === undefined) {
      this.#bySkeleton = new Map();
      for (const room of this.#byId.values()) this.#addSkeletons(room);
    }
    const found = [this.find(name), ...skeletons(name).map((skeleton) => this.#bySkeleton?.get(skeleton))];
    return found.find((room) => room !== undefined && room.id !== except?.id);
  }

  /** How many rooms an account has created that still exist. */
  createdBy(account: number): number {
    return this.#created.get(account) ?? 0;
  }

  /** The rooms in the order of their names. */
  sorted(): readonly KnownRoom[] {
    this.#sorted ??= [...this.#byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, room]) => room);
    return this.#sorted;
  }

  all(): Iterable<KnownRoom> {
    return this.#byId.values();
  }

  /** Notes a room as the log has it now. @returns it; undefined if it is being deleted */
  put(room: Room): KnownRoom | undefined {
    const known = knownRoom(room);
    if (known.deleted) {
      this.#drop(room.id);
      return undefined;
    }
    // The log may count members whose entries are still to come.
    known.size = this.#byId.get(room.id)?.size ?? known.size;
    this.#remove(room.id);
    this.#byId.set(known.id, known);
    this.#byKey.set(nameKey(known.name), known);
    if (this.#bySkeleton !== undefined) this.#addSkeletons(known);
    this.#count(known, 1);
    return known;
  }

  #drop(id: number): void {
    this.#remove(id);
    this.#gone(id);
  }

  #remove(id: number): void {
    const known = this.#byId.get(id);
    this.#sorted = undefined;
    if (known === undefined) return;
    this.#byId.delete(id);
    // Another room may have the name by now.
    if (this.#byKey.get(nameKey(known.name)) === known) this.#byKey.delete(nameKey(known.name));
    for (const skeleton of this.#bySkeleton === undefined ? [] : skeletons(known.name)) {
      if (this.#bySkeleton?.get(skeleton) === known) this.#bySkeleton.delete(skeleton);
    }
    this.#count(known, -1);
  }

  #addSkeletons(room: KnownRoom): void {
    for (const skeleton of skeletons(room.name)) this.#bySkeleton?.set(skeleton, room);
  }

  /** Reads a room again. @returns it, if it exists */
  async refresh(id: number): Promise<KnownRoom | undefined> {
    for (;;) {
      const change = this.#changes.get(id);
      const room = await this.#log.room(id);
      if (this.#changes.get(id) !== change) continue;
      this.#changes.delete(id);
      if (room?.kind === 'room') return this.put(room);
      this.#drop(id);
      return undefined;
    }
  }

  /** Applies an entry of the log. */
  note({ kind, room, sender }: Entry): void {
    const known = this.#byId.get(room);
    if (kind === 'join') this.#roomless.delete(sender);
    if (kind === 'join' || kind === 'leave') {
      if (known !== undefined) known.size += kind === 'join' ? 1 : -1;
      else this.#reread(room);
    } else if (kind === 'room' || kind === 'rename') {
      this.#reread(room);
    }
  }

  #reread(id: number): void {
    this.#changes.set(id, (this.#changes.get(id) ?? 0) + 1);
    if (this.#changes.get(id) !== 1) return;
    this.refresh(id).catch((err: unknown) => {
      this.#changes.delete(id);
      this.#logger.error(
        { event: 'store-error', room: id, err },
        'a room could not be read again; its settings may be out of date',
      );
    });
  }

  #count({ creator }: KnownRoom, change: 1 | -1): void {
    if (creator === 0) return;
    const count = this.createdBy(creator) + change;
    if (count > 0) this.#created.set(creator, count);
    else this.#created.delete(creator);
  }
}
