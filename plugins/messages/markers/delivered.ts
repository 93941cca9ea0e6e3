import type { MessageLog, Session } from 'chatserv';

/** Takes the number up to which the account of a session has read a room. */
export type NoteRead = (session: Session, room: number, seq: number) => void;

/** Sessions of people's clients that say what was read. They outlive a reload. */
const MARKING = new WeakSet<Session>();

/** A client says what was read, although its codec does not acknowledge messages. */
export function marksItself(session: Session): void {
  MARKING.add(session);
}

/** Whether a client can say what was read. For one of plain lines, what was delivered to it counts as read. */
export function isProgram(session: Session): boolean {
  return session.codec.acknowledges === true || MARKING.has(session);
}

/**
 * Marks what was delivered to clients of plain lines as read. Deliveries cost nothing for this: a session is looked at
 * now and then, and its position tells what was delivered to it.
 */
export class Delivered {
  /** The id up to which each session's deliveries are marked as read, or precede the session. */
  readonly #marked = new WeakMap<Session, Promise<number>>();

  /** Call it before a session reads its inbox; later calls do nothing. */
  begun(session: Session, log: MessageLog): void {
    const { account, deviceName } = session;
    if (account === undefined || this.#marked.has(session)) return;
    const start = log.devices(account.id).then((devices) => {
      const device = devices.find(({ name }) => name === deviceName);
      return device?.id ?? Math.max(0, ...devices.map(({ id }) => id));
    });
    // If it cannot be read, nothing is marked.
    this.#marked.set(
      session,
      start.catch(() => Number.POSITIVE_INFINITY),
    );
  }

  /** Marks what was delivered to a session since the last call. @throws when the log cannot be read */
  async mark(session: Session, log: MessageLog, note: NoteRead): Promise<void> {
    const { account, feed } = session;
    const upTo = Math.min(feed.position, feed.settled);
    const marked = await this.#marked.get(session);
    if (account === undefined || marked === undefined || upTo <= marked) return;
    const unread = await log.unread(account.id);
    // In parallel, so that the store answers them in one batch.
    await Promise.all(
      unread.map(async ({ room, lastId }) => {
        if (lastId <= marked) return;
        const [last] = await log.history(room, { before: upTo + 1, limit: 1, counting: true });
        if (last !== undefined && last.id > marked) note(session, room, last.seq);
      }),
    );
    this.#marked.set(session, Promise.resolve(upTo));
  }
}
