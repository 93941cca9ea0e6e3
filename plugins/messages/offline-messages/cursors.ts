import type { Account, Cursor, MessageLog, Session } from 'chatserv';

const NONE_LOST: DeviceCursor['lost'] = new Map();
const NO_DEVICES: readonly DeviceCursor[] = [];

/** The cursor of a device, which its sessions share. It follows the slowest of them. */
export interface DeviceCursor {
  readonly account: number;
  readonly device: string;
  sessions: readonly Session[];
  /** Sessions that ended before they had everything, and how many messages the device's other sessions got since. */
  lost: ReadonlyMap<Session, { passed: number }>;
  /** The id up to which the fastest session has everything. */
  furthest: number;
  /** The cursor, as it was moved in memory. */
  id: number;
  /** The id up to which a session was handed messages, received or not. */
  handed: number;
}

/** The cursors of online devices, with moves that are not written yet. */
export class Cursors {
  /**
   * How many messages the device's other sessions may get before a lost one no longer holds back its cursor. Without a
   * bound, messages that the user has long read would fill the inbox.
   */
  maxLostLag = 0;
  /** Called when a lost session no longer holds back its device's cursor. */
  gaveUp: () => void = () => {};
  /** By account. */
  readonly #devices = new Map<number, readonly DeviceCursor[]>();
  /** Includes ended sessions: their transports may still take bytes, which calls `delivered`. */
  readonly #bySession = new WeakMap<Session, DeviceCursor>();
  #moved = new Set<DeviceCursor>();
  /** Cursors being written. */
  #writing: ReadonlySet<DeviceCursor> = new Set();

  /** Whether there are moves to write. */
  get moved(): boolean {
    return this.#moved.size > 0;
  }

  /** Call it before a session reads its inbox, from which it also gets what lost sessions of its device lack. */
  begun(session: Session, { id: account }: Account): void {
    if (session.ended) return;
    const { deviceName: device } = session;
    const fresh: DeviceCursor = { account, device, sessions: [], lost: NONE_LOST, furthest: 0, id: 0, handed: 0 };
    const cursor = this.of(account).find((one) => one.device === device) ?? fresh;
    this.#keep(cursor);
    this.#bySession.set(session, cursor);
    // `ended` may not have been called yet for a session that this one replaces.
    const others = cursor.sessions.filter((other) => !other.ended);
    // Most devices have one session. A literal of one takes a fifth of the memory of an array that has grown to one.
    cursor.sessions = others.length === 0 ? [session] : [...others, session];
    cursor.lost = NONE_LOST;
  }

  /** Call it when a session has everything up to an id. The device's cursor moves up to its slowest session. */
  delivered(session: Session, id: number): void {
    const cursor = this.#bySession.get(session);
    if (cursor === undefined) return;
    if (id > cursor.furthest) {
      for (const lost of cursor.lost.values()) lost.passed++;
      cursor.furthest = id;
    }
    if (cursor.sessions.length <= 1 && cursor.lost.size === 0) this.#move(cursor, id, id);
    else this.#settle(cursor);
  }

  /** Call it when a session has ended. */
  ended(session: Session): void {
    const cursor = this.#bySession.get(session);
    if (cursor === undefined) return;
    this.hand(session);
    const { settled, position } = session.feed;
    const lacksSome = settled < Number.POSITIVE_INFINITY;
    const rest = cursor.sessions.filter((other) => other !== session);
    const isKnown = rest.length < cursor.sessions.length;
    cursor.sessions = rest;
    // Its position is also past the account's own messages, which are not delivered to it.
    if (!lacksSome) cursor.furthest = Math.max(cursor.furthest, position);
    if (rest.length > 0 && lacksSome && isKnown) cursor.lost = new Map([...cursor.lost, [session, { passed: 0 }]]);
    if (rest.length > 0) this.#settle(cursor);
    else if (!lacksSome && cursor.lost.size === 0) this.#move(cursor, cursor.furthest, cursor.furthest);
    // Also written if it has not moved, because that records when the device was last seen.
    if (rest.length === 0) this.#moved.add(cursor);
    this.#drop(cursor);
  }

  /** Records up to which id a session was handed messages, acknowledged or not. */
  hand(session: Session): void {
    const cursor = this.#bySession.get(session);
    if (cursor !== undefined && session.codec.acknowledges) this.#move(cursor, 0, session.feed.given);
  }

  /** The cursors of an account's devices in memory. */
  of(account: number): readonly DeviceCursor[] {
    return this.#devices.get(account) ?? NO_DEVICES;
  }

  /** Writes the moves. @throws when that fails; the next call tries them again */
  async write(log: MessageLog, now: number): Promise<void> {
    if (this.#moved.size === 0) return;
    const writing = this.#moved;
    this.#moved = new Set();
    this.#writing = writing;
    try {
      const moves = [...writing].map(({ account, device, id, handed }) => ({ account, device, id, handed }));
      await log.moveCursors(moves, now);
    } catch (cause) {
      for (const cursor of writing) this.#moved.add(cursor);
      throw cause;
    } finally {
      this.#writing = new Set();
      for (const cursor of writing) this.#drop(cursor);
    }
  }

  /** Moves a device's cursor to its slowest session, present or lost. */
  #settle(cursor: DeviceCursor): void {
    const { furthest, sessions } = cursor;
    if (cursor.lost.size > 0) cursor.lost = this.#stillLost(cursor.lost);
    const { lost } = cursor;
    let slowest = furthest;
    for (const { feed } of sessions) slowest = Math.min(slowest, feed.settled);
    for (const { feed } of lost.keys()) slowest = Math.min(slowest, feed.settled);
    this.#move(cursor, slowest, furthest);
  }

  #stillLost(lost: DeviceCursor['lost']): DeviceCursor['lost'] {
    const remaining = new Map(lost);
    for (const [session, { passed }] of lost) {
      const isLate = passed > this.maxLostLag;
      if (isLate || session.feed.settled === Number.POSITIVE_INFINITY) remaining.delete(session);
      if (isLate) this.gaveUp();
    }
    return remaining;
  }

  #move(cursor: DeviceCursor, id: number, handed: number): void {
    if (cursor.id >= id && cursor.handed >= handed) return;
    cursor.id = Math.max(cursor.id, id);
    cursor.handed = Math.max(cursor.handed, handed);
    if (this.#moved.has(cursor)) return;
    this.#moved.add(cursor);
    this.#keep(cursor);
  }

  /** Adds a cursor, unless its device has one. */
  #keep(cursor: DeviceCursor): void {
    const { account, device } = cursor;
    const known = this.of(account);
    if (!known.some((one) => one.device === device)) this.#devices.set(account, [...known, cursor]);
  }

  /** Forgets a device without sessions once its cursor is written. The next session starts from the stored one. */
  #drop(cursor: DeviceCursor): void {
    if (cursor.sessions.length > 0 || this.#moved.has(cursor) || this.#writing.has(cursor)) return;
    const { account } = cursor;
    const rest = this.of(account).filter((one) => one !== cursor);
    if (rest.length > 0) this.#devices.set(account, rest);
    else this.#devices.delete(account);
  }
}

/**
 * A device's cursor as stored, or as it has moved since.
 * @param moved what `Cursors.of` returned before the store was asked: a cursor that is written meanwhile is forgotten
 */
export function ahead(moved: readonly DeviceCursor[], device: string, { id, handed }: Cursor): Cursor {
  const one = moved.find((other) => other.device === device);
  return one === undefined ? { id, handed } : { id: Math.max(id, one.id), handed: Math.max(handed, one.handed) };
}
