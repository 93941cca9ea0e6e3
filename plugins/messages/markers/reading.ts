import type { Account, Entry, Logger, MessageLog, Server, Session, Unread } from 'chatserv';
import { Delivered, isProgram } from './delivered.ts';
import { MarkerMoves, type Move } from './marker-moves.ts';
import { type Position, type Positions, unreadIn } from './positions.ts';

/** What outlives a reload. */
export interface ReadingState {
  readonly moves: MarkerMoves;
  readonly delivered: Delivered;
}

export function readingState(): ReadingState {
  return { moves: new MarkerMoves(), delivered: new Delivered() };
}

/** What users have read. Moves markers, and notifies an account's other devices. */
export class Reading {
  readonly #log: MessageLog;
  readonly #positions: Positions;
  readonly #server: Server;
  readonly #logger: Logger;
  readonly #state: ReadingState;
  /** Called when there are moves to write. */
  moved: () => void = () => {};
  /** Called with the rooms in which an account's markers have moved. */
  written: (account: Account, rooms: readonly number[]) => void = () => {};

  constructor(log: MessageLog, positions: Positions, server: Server, logger: Logger, state: ReadingState) {
    this.#log = log;
    this.#positions = positions;
    this.#server = server;
    this.#logger = logger;
    this.#state = state;
  }

  /** Whether all moves are written. */
  get isWritten(): boolean {
    return this.#state.moves.isEmpty;
  }

  /**
   * A sender has read its own entry. That holds for every sender: one who is offline by now may have left between the
   * append and this call.
   */
  follow = (entries: readonly Entry[]): void => {
    for (const { sender, room, seq, device } of entries) {
      if (seq > 0 && sender > 0) this.#state.moves.add(sender, room, seq, device);
    }
    if (!this.isWritten) this.moved();
  };

  /** Call it before a session reads its inbox. */
  begun(session: Session): void {
    if (!isProgram(session)) this.#state.delivered.begun(session, this.#log);
  }

  /** Marks as read what was delivered to a client of plain lines. */
  async mark(session: Session): Promise<void> {
    if (isProgram(session)) return;
    try {
      await this.#state.delivered.mark(session, this.#log, ({ account, deviceName }, room, seq) => {
        if (account !== undefined) this.#state.moves.add(account.id, room, seq, deviceName);
      });
    } catch (err) {
      this.#failed(err, 'what was delivered could not be marked as read; will retry');
    }
    if (!this.isWritten) this.moved();
  }

  /** Makes the log's markers of an account current. @param except a session that is not notified */
  async settle(account: Account, except?: Session): Promise<void> {
    await Promise.all(this.#server.sessionsOf(account).map((session) => this.mark(session)));
    await this.write(account.id, except);
  }

  /**
   * Marks a room as read.
   * @param id up to the entry with this id; by default to its end
   * @returns the position; undefined if the account is not in the room
   */
  async read({ account, deviceName }: Session, room: number, id?: number): Promise<Position | undefined> {
    if (account === undefined) return undefined;
    const before = await this.#log.position(account.id, room);
    if (before === undefined) return undefined;
    const seq = id === undefined ? before.last : await this.#seqUpTo(before, id);
    if (seq > before.marker) this.#state.moves.add(account.id, room, seq, deviceName);
    await this.settle(account);
    return this.#positions.of(account, room);
  }

  /** The number of a room's last entry that counts, up to an id. */
  async #seqUpTo({ room, last, lastId }: Unread, id: number): Promise<number> {
    if (id >= lastId) return last;
    const [before] = await this.#log.history(room, { before: id + 1, limit: 1, counting: true });
    if (before !== undefined) return before.seq;
    // Everything up to the id was trimmed: what counts is what cannot be read any more.
    const [next] = await this.#log.history(room, { after: id, from: 'oldest', limit: 1, counting: true });
    return next === undefined ? last : next.seq - 1;
  }

  /**
   * Writes the moves of all accounts, or of one, and notifies other devices. A failed write is tried again later.
   * @param except a session that is not notified
   */
  async write(account?: number, except?: Session): Promise<void> {
    try {
      const written = await this.#state.moves.write(this.#log, account);
      for (const [id, moves] of written) {
        this.written({ id, name: '' }, [...moves.keys()]);
        await this.#notify(id, moves, except);
      }
    } catch (err) {
      this.#failed(err, 'markers could not be written; will retry');
    }
    if (!this.isWritten) this.moved();
  }

  /** Sends an account's programs its positions in some rooms, where another server has moved its markers. */
  async tell(id: number, rooms: readonly number[]): Promise<void> {
    await this.#notify(id, new Map(rooms.map((room) => [room, { seq: 0, device: undefined }])), undefined);
  }

  /** Sends the new positions of an account to its programs, but not to the device on which it has read. */
  async #notify(id: number, moves: ReadonlyMap<number, Move>, except: Session | undefined): Promise<void> {
    const sessions = this.#server.sessionsOf({ id, name: '' }).filter((session) => session !== except);
    for (const [room, { device }] of moves) {
      const told = sessions.filter((session) => isProgram(session) && !isOnly(session, device, sessions));
      if (told.length === 0) continue;
      const position = await this.#positions.of(told[0]?.account ?? { id, name: '' }, room);
      if (position === undefined) continue;
      for (const session of told) session.send({ kind: 'event', event: 'marker', facts: markerOf(position) });
    }
  }

  #failed(err: unknown, text: string): void {
    this.#logger.error({ event: 'store-error', err }, text);
  }
}

/** A position for programs. */
export function markerOf(position: Position) {
  const { room, marker, mentions, hidden } = position;
  return { room, seq: marker, unread: unreadIn(position), ...(hidden > 0 && { hidden }), mentions };
}

/** Whether a session is the only one of a device. Of several, the server does not know on which one the user has read. */
function isOnly({ deviceName }: Session, device: string | undefined, sessions: readonly Session[]): boolean {
  return deviceName === device && sessions.filter((other) => other.deviceName === device).length === 1;
}
