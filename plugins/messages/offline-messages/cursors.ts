import type { Account, Cursor, Log, Session } from 'chatserv';

/** The sessions of an account that has none. */
const NONE: readonly Session[] = [];

/** An account whose sessions are not all equally far: its cursor follows the slowest. */
interface Uneven {
  /** The id up to which one of the sessions has everything. */
  furthest: number;
  /** Sessions that ended before they had everything, and what another one has had since. */
  readonly lost: Map<Session, { passed: number }>;
}

/** Cursors, and how far they have moved since they were last written. */
export class Cursors {
  /**
   * How many messages other sessions of the account may have had before a lost one does not hold its cursor back any
   * more: without a bound, what somebody has read long ago would fill the inbox.
   */
  waitingForLost = 0;
  /** Told when a lost session is not waited for any longer. */
  gaveUp: () => void = () => {};
  #moved = new Map<number, Cursor>();
  /** Those that are being written. */
  #leaving = new Map<number, Cursor>();
  /** The sessions whose login came this far, by account, until their end was noted. */
  readonly #sessions = new Map<number, readonly Session[]>();
  readonly #uneven = new Map<number, Uneven>();

  /** Whether some have moved. */
  get moved(): boolean {
    return this.#moved.size > 0;
  }

  /** A session is about to read its inbox: it is given whatever sessions that are gone have not had. */
  begun(session: Session, { id }: Account): void {
    if (session.ended) return;
    // The end of one that it replaces may not have been noted yet.
    this.#sessions.set(id, [...this.#of(id).filter((other) => !other.ended), session]);
    this.#uneven.get(id)?.lost.clear();
  }

  /** A session has a message: its account's cursor moves as far as all of its sessions are. */
  delivered(session: Session, account: Account, id: number): void {
    const sessions = this.#of(account.id);
    const others = sessions.length > 1 || (sessions.length === 1 && sessions[0] !== session);
    if (!others && !this.#uneven.has(account.id)) {
      this.#move(account.id, id, id);
      return;
    }
    const uneven = this.#unevenOf(account.id);
    if (id > uneven.furthest) for (const held of uneven.lost.values()) held.passed++;
    uneven.furthest = Math.max(uneven.furthest, id);
    this.#settle(account.id, uneven);
  }

  /** A session has ended. */
  ended(session: Session, { id }: Account): void {
    this.hand(session);
    const before = this.#of(id);
    const rest = before.filter((other) => other !== session);
    if (rest.length > 0) this.#sessions.set(id, rest);
    else this.#sessions.delete(id);
    const isShort = session.feed.settled < Number.POSITIVE_INFINITY;
    if (rest.length > 0) {
      const uneven = this.#unevenOf(id);
      if (isShort && rest.length < before.length) uneven.lost.set(session, { passed: 0 });
      this.#settle(id, uneven);
    } else if (!isShort || session.codec.acknowledges) {
      // The cursor stays where it is, and the next session reads from there. Of one that does not acknowledge the
      // transport may still take something: what others lack it must not pass.
      this.#uneven.delete(id);
    }
  }

  /** Notes what a session was handed and has not acknowledged. */
  hand({ account, codec, feed: { given } }: Session): void {
    if (account !== undefined && codec.acknowledges) this.#move(account.id, 0, given);
  }

  /** Where an account's cursor is, written or not. */
  async of(account: number, log: Log): Promise<Cursor> {
    // One that is written meanwhile may be read as it was before, and is no longer ahead afterwards.
    const before = this.#ahead(account);
    const stored = await log.cursor(account);
    const all = [stored, ...before, ...this.#ahead(account)];
    return { id: Math.max(...all.map(({ id }) => id)), handed: Math.max(...all.map(({ handed }) => handed)) };
  }

  #ahead(account: number): Cursor[] {
    return [this.#leaving.get(account), this.#moved.get(account)].filter((cursor) => cursor !== undefined);
  }

  /** Writes those that have moved. @throws when they could not be; then they are still to be written */
  async write(log: Log): Promise<void> {
    if (this.#moved.size === 0) return;
    const leaving = this.#moved;
    this.#moved = new Map();
    this.#leaving = leaving;
    try {
      await log.moveCursors([...leaving].map(([account, { id, handed }]) => [account, id, handed]));
    } catch (cause) {
      for (const [account, { id, handed }] of leaving) this.#move(account, id, handed);
      throw cause;
    } finally {
      this.#leaving = new Map();
    }
  }

  #of(account: number): readonly Session[] {
    return this.#sessions.get(account) ?? NONE;
  }

  #unevenOf(account: number): Uneven {
    const uneven = this.#uneven.get(account) ?? { furthest: 0, lost: new Map() };
    this.#uneven.set(account, uneven);
    return uneven;
  }

  #settle(account: number, uneven: Uneven): void {
    const { furthest, lost } = uneven;
    for (const [session, { passed }] of lost) {
      const isLate = passed > this.waitingForLost;
      if (isLate || session.feed.settled === Number.POSITIVE_INFINITY) lost.delete(session);
      if (isLate) this.gaveUp();
    }
    const slowest = Math.min(...[...this.#of(account), ...lost.keys()].map(({ feed }) => feed.settled));
    this.#move(account, Math.min(furthest, slowest), furthest);
    if (slowest >= furthest && lost.size === 0) this.#uneven.delete(account);
  }

  #move(account: number, id: number, handed: number): void {
    const now = this.#moved.get(account);
    if (now !== undefined && now.id >= id && now.handed >= handed) return;
    this.#moved.set(account, { id: Math.max(id, now?.id ?? 0), handed: Math.max(handed, now?.handed ?? 0) });
  }
}
