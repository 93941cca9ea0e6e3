import type { Account, Cursor, MessageLog, Session } from 'chatserv';

/** A device whose cursor moves, with its sessions: those that share it share the cursor, which follows the slowest. */
interface DeviceCursor {
  readonly account: number;
  readonly device: string;
  sessions: readonly Session[];
  /** Sessions that ended before they had everything, and how much another one has had since. */
  readonly lost: Map<Session, { passed: number }>;
  /** The id up to which one of the sessions has everything. */
  furthest: number;
  /** How far it has moved. */
  id: number;
  handed: number;
}

/** The cursors of devices that are online, and how far they have moved since they were last written. */
export class Cursors {
  /**
   * How many messages other sessions of the device may have had before a lost one does not hold its cursor back any
   * more: without a bound, what somebody has read long ago would fill the inbox.
   */
  waitingForLost = 0;
  /** Told when a lost session is not waited for any longer. */
  gaveUp: () => void = () => {};
  readonly #devices = new Map<string, DeviceCursor>();
  /** Of one that has ended, too: its transport may still take something. */
  readonly #bySession = new WeakMap<Session, DeviceCursor>();
  #moved = new Set<DeviceCursor>();
  /** Those that are being written. */
  #leaving: ReadonlySet<DeviceCursor> = new Set();

  /** Whether some have moved. */
  get moved(): boolean {
    return this.#moved.size > 0;
  }

  /** A session is about to read its inbox: it is given whatever sessions of its device that are gone have not had. */
  begun(session: Session, { id: account }: Account): void {
    if (session.ended) return;
    const { deviceName: device } = session;
    const key = keyOf(account, device);
    const fresh: DeviceCursor = { account, device, sessions: [], lost: new Map(), furthest: 0, id: 0, handed: 0 };
    const cursor = this.#devices.get(key) ?? fresh;
    this.#devices.set(key, cursor);
    this.#bySession.set(session, cursor);
    // The end of one that it replaces may not have been noted yet.
    cursor.sessions = [...cursor.sessions.filter((other) => !other.ended), session];
    cursor.lost.clear();
  }

  /** A session has everything up to this id: its device's cursor moves as far as all of its sessions are. */
  delivered(session: Session, id: number): void {
    const cursor = this.#bySession.get(session);
    if (cursor === undefined) return;
    if (id > cursor.furthest) {
      for (const held of cursor.lost.values()) held.passed++;
      cursor.furthest = id;
    }
    if (cursor.sessions.length <= 1 && cursor.lost.size === 0) this.#move(cursor, id, id);
    else this.#settle(cursor);
  }

  /** A session has ended. */
  ended(session: Session): void {
    const cursor = this.#bySession.get(session);
    if (cursor === undefined) return;
    this.hand(session);
    const { settled, position } = session.feed;
    const isShort = settled < Number.POSITIVE_INFINITY;
    const rest = cursor.sessions.filter((other) => other !== session);
    const isKnown = rest.length < cursor.sessions.length;
    cursor.sessions = rest;
    // What the account said itself is passed over too.
    if (!isShort) cursor.furthest = Math.max(cursor.furthest, position);
    if (rest.length > 0 && isShort && isKnown) cursor.lost.set(session, { passed: 0 });
    if (rest.length > 0) this.#settle(cursor);
    else if (!isShort && cursor.lost.size === 0) this.#move(cursor, cursor.furthest, cursor.furthest);
    this.#drop(cursor);
  }

  /** Notes what a session was handed and has not acknowledged. */
  hand(session: Session): void {
    const cursor = this.#bySession.get(session);
    if (cursor !== undefined && session.codec.acknowledges) this.#move(cursor, 0, session.feed.given);
  }

  /** Where a device's cursor is, as it was written, or as it has moved since. */
  ahead(account: number, device: string, { id, handed }: Cursor): Cursor {
    const moved = this.#devices.get(keyOf(account, device));
    return moved === undefined
      ? { id, handed }
      : { id: Math.max(id, moved.id), handed: Math.max(handed, moved.handed) };
  }

  /** Writes those that have moved. @throws when they could not be; then they are still to be written */
  async write(log: MessageLog, now: number): Promise<void> {
    if (this.#moved.size === 0) return;
    const leaving = this.#moved;
    this.#moved = new Set();
    this.#leaving = leaving;
    try {
      const moves = [...leaving].map(({ account, device, id, handed }) => ({ account, device, id, handed }));
      await log.moveCursors(moves, now);
    } catch (cause) {
      for (const cursor of leaving) this.#moved.add(cursor);
      throw cause;
    } finally {
      this.#leaving = new Set();
      for (const cursor of leaving) this.#drop(cursor);
    }
  }

  #settle(cursor: DeviceCursor): void {
    const { furthest, lost, sessions } = cursor;
    for (const [session, { passed }] of lost) {
      const isLate = passed > this.waitingForLost;
      if (isLate || session.feed.settled === Number.POSITIVE_INFINITY) lost.delete(session);
      if (isLate) this.gaveUp();
    }
    let slowest = furthest;
    for (const { feed } of sessions) slowest = Math.min(slowest, feed.settled);
    for (const { feed } of lost.keys()) slowest = Math.min(slowest, feed.settled);
    this.#move(cursor, slowest, furthest);
  }

  #move(cursor: DeviceCursor, id: number, handed: number): void {
    if (cursor.id >= id && cursor.handed >= handed) return;
    cursor.id = Math.max(cursor.id, id);
    cursor.handed = Math.max(cursor.handed, handed);
    this.#moved.add(cursor);
    const key = keyOf(cursor.account, cursor.device);
    if (!this.#devices.has(key)) this.#devices.set(key, cursor);
  }

  /** Forgets a device without sessions, once its cursor is written: the next session reads on from there. */
  #drop(cursor: DeviceCursor): void {
    if (cursor.sessions.length > 0 || this.#moved.has(cursor) || this.#leaving.has(cursor)) return;
    const key = keyOf(cursor.account, cursor.device);
    if (this.#devices.get(key) === cursor) this.#devices.delete(key);
  }
}

function keyOf(account: number, device: string): string {
  return `${account} ${device}`;
}
