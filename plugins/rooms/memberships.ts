import type { Entry, MessageLog, RoomRole, SteadyClock } from 'chatserv';
import { roleOf } from './policy.ts';
import type { RoomBlocks } from './room-blocks.ts';

/** A membership as posting checks it. */
export interface Standing {
  readonly role: RoomRole;
  /** When the member's mute ends, in milliseconds of the monotonic clock; 0 without one. */
  readonly mutedUntil: number;
}

/** The rooms of an account that is online. */
interface View {
  readonly rooms: Set<number>;
  /** Read when they are first needed. */
  readonly standings: Map<number, Standing>;
  /** Counts the changes of standings, so that none is noted that was read before one. */
  changes: number;
}

/**
 * The memberships of the accounts online, in memory; those of others are read from the log. Follows the log, so that it
 * sees what other processes change too.
 */
export class Memberships {
  readonly #log: MessageLog;
  readonly #mutes: RoomBlocks;
  readonly #clock: SteadyClock;
  readonly #isOnline: (account: number) => boolean;
  readonly #views = new Map<number, View>();
  readonly #loading = new Map<number, Promise<View>>();
  /** Accounts that joined or left a room while their rooms were being read. */
  readonly #stale = new Set<number>();

  constructor(log: MessageLog, mutes: RoomBlocks, clock: SteadyClock, isOnline: (account: number) => boolean) {
    this.#log = log;
    this.#mutes = mutes;
    this.#clock = clock;
    this.#isOnline = isOnline;
  }

  /** The ids of the rooms that an account is in. */
  async of(account: number): Promise<ReadonlySet<number>> {
    return (this.#views.get(account) ?? (await this.#load(account))).rooms;
  }

  /** Whether an account is a member of a room. */
  async has(room: number, account: number): Promise<boolean> {
    if (this.#isOnline(account)) return (await this.of(account)).has(room);
    return (await this.#log.member(room, account)) !== undefined;
  }

  /** An account's membership of a room, if it is in memory; `undefined` if not, or if the account is not a member. */
  known(room: number, account: number): Standing | undefined {
    return this.#views.get(account)?.standings.get(room);
  }

  /** An account's membership of a room; undefined if it is not a member. */
  async standing(room: number, account: number): Promise<Standing | undefined> {
    const view = this.#views.get(account) ?? (this.#isOnline(account) ? await this.#load(account) : undefined);
    if (view !== undefined && !view.rooms.has(room)) return undefined;
    const known = view?.standings.get(room);
    if (known !== undefined) return known;
    const changes = view?.changes;
    const [member, mutedUntil] = await Promise.all([this.#log.member(room, account), this.#mutedUntil(room, account)]);
    if (member === undefined) return undefined;
    const standing = { role: roleOf(member.role), mutedUntil };
    if (view?.changes === changes) view?.standings.set(room, standing);
    return standing;
  }

  /** As what an account posts in a room that takes messages from outside: as a member, unless it was muted. */
  async standingOutside(room: number, account: number): Promise<Standing> {
    return { role: 'member', mutedUntil: await this.#mutedUntil(room, account) };
  }

  async #mutedUntil(room: number, account: number): Promise<number> {
    const muted = await this.#mutes.left(room, account);
    return muted > 0 ? this.#clock.monotonic() + muted * 1000 : 0;
  }

  async #load(account: number): Promise<View> {
    const loading = this.#loading.get(account) ?? this.#read(account);
    this.#loading.set(account, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(account);
    }
  }

  async #read(account: number): Promise<View> {
    let view: View;
    do {
      this.#stale.delete(account);
      const rooms = await this.#log.roomsOf(account, 'room');
      view = { rooms: new Set(rooms.map(({ id }) => id)), standings: new Map(), changes: 0 };
    } while (this.#stale.has(account));
    if (this.#isOnline(account)) this.#views.set(account, view);
    return view;
  }

  /** Drops the memberships of an account that went offline. */
  forget(account: number): void {
    if (!this.#isOnline(account)) this.#views.delete(account);
  }

  /** The role or the mute of an account has changed. */
  changed(room: number, account: number): void {
    const view = this.#views.get(account);
    if (view === undefined) return;
    view.standings.delete(room);
    view.changes++;
  }

  /** A room no longer exists. */
  dropRoom(room: number): void {
    for (const view of this.#views.values()) {
      view.rooms.delete(room);
      view.standings.delete(room);
    }
  }

  /** Applies an entry of the log. @param about the account that an entry of kind `room` is about */
  note({ kind, room, sender }: Entry, about: number | undefined): void {
    if (kind === 'room' && about !== undefined) this.changed(room, about);
    if (kind !== 'join' && kind !== 'leave') return;
    if (this.#loading.has(sender)) this.#stale.add(sender);
    const view = this.#views.get(sender);
    if (kind === 'join') view?.rooms.add(room);
    else view?.rooms.delete(room);
    this.changed(room, sender);
  }
}
