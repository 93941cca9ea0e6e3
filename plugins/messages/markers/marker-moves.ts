import type { MessageLog } from 'chatserv';

/** A marker that has moved. */
export interface Move {
  /** The number up to which the account has read. */
  readonly seq: number;
  /** The device on which it moved; undefined if it was several. */
  readonly device: string | undefined;
}

/** Moves by account and room. */
type Moves = Map<number, Map<number, Move>>;

/** Moves that have been written, by account and room. */
export type Written = ReadonlyMap<number, ReadonlyMap<number, Move>>;

/** A write that has not ended. */
interface Write {
  readonly moves: Moves;
  readonly ended: Promise<unknown>;
}

/** Marker moves that are not written yet. Of several moves of one marker, only the furthest is kept. */
export class MarkerMoves {
  #moves: Moves = new Map();
  readonly #underWay = new Set<Write>();

  get isEmpty(): boolean {
    return this.#moves.size === 0;
  }

  add(account: number, room: number, seq: number, device: string | undefined): void {
    const moves = this.#moves.get(account);
    const before = moves?.get(room);
    const isSame = before === undefined || before.device === device;
    const move = { seq: Math.max(seq, before?.seq ?? 0), device: isSame ? device : undefined };
    if (moves === undefined) this.#moves.set(account, new Map([[room, move]]));
    else moves.set(room, move);
  }

  /**
   * Writes all moves, or those of one account, and waits for the earlier writes of the same.
   * @returns what it has written
   * @throws when that fails; the next call tries the same moves again
   */
  async write(log: MessageLog, account?: number): Promise<Written> {
    const earlier = [...this.#underWay].filter(({ moves }) => account === undefined || moves.has(account));
    const moves = this.#take(account);
    const written = moves.size === 0 ? Promise.resolve() : this.#write(log, moves);
    // Whoever began an earlier one handles its errors.
    await Promise.all([written, ...earlier.map(({ ended }) => ended)]);
    return moves;
  }

  async #write(log: MessageLog, moves: Moves): Promise<void> {
    const all = [...moves].flatMap(([account, ofAccount]) =>
      [...ofAccount].map(([room, { seq }]) => [account, room, seq] as const),
    );
    const writing = log.moveMarkers(all);
    const write = { moves, ended: writing.catch(() => {}) };
    this.#underWay.add(write);
    try {
      await writing;
    } catch (cause) {
      for (const [account, ofAccount] of moves) {
        for (const [room, { seq, device }] of ofAccount) this.add(account, room, seq, device);
      }
      throw cause;
    } finally {
      this.#underWay.delete(write);
    }
  }

  #take(account: number | undefined): Moves {
    const all = this.#moves;
    if (account === undefined) {
      this.#moves = new Map();
      return all;
    }
    const moves = all.get(account);
    all.delete(account);
    return moves === undefined ? new Map() : new Map([[account, moves]]);
  }
}
