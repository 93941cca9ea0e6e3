import type { PasswordDecision } from 'chatserv';

/** How many pairs are tracked at most; the oldest are dropped first. */
const MAX_PAIRS = 100_000;

/** The counters of a pair. */
interface Pair {
  /** Wrong passwords in a row. */
  wrong: number;
  /** Passwords that are being checked. */
  checking: number;
  /** Queued passwords, first come, first served. Each is called with whether it may be checked. */
  readonly waiting: ((goes: boolean) => void)[];
}

/** A password to be checked. */
export interface Attempt {
  /** Resolves with true when it may be checked, or with false when it has waited too long or a block began. */
  readonly turn: Promise<boolean>;
  /** Leaves the queue. */
  giveUp(): void;
  /**
   * Counts the result and starts the next one. A second call does nothing.
   * @returns whether this was the last wrong password before the block
   */
  end(decision: PasswordDecision): boolean;
}

/**
 * Limits the passwords checked for each pair of a user and a network: wrong ones in a row plus those being checked never
 * exceed `maxWrong`, however many arrive at one moment.
 */
export class Attempts {
  /** How many wrong passwords in a row begin a block. */
  maxWrong = 1;
  readonly #pairs = new Map<string, Pair>();

  /** Queues a password of the pair. Its turn may be now. */
  begin(name: string): Attempt {
    const pair = this.#pairs.get(name) ?? { wrong: 0, checking: 0, waiting: [] };
    this.#pairs.set(name, pair);
    const { promise: turn, resolve } = Promise.withResolvers<boolean>();
    let state: 'waiting' | 'checking' | 'over' = 'waiting';
    const go = (goes: boolean): void => {
      state = goes ? 'checking' : 'over';
      resolve(goes);
    };
    const giveUp = (): void => {
      const at = pair.waiting.indexOf(go);
      if (at < 0) return;
      pair.waiting.splice(at, 1);
      go(false);
      this.#tidy(name, pair);
    };
    pair.waiting.push(go);
    this.#next(pair);
    return {
      turn,
      giveUp,
      end: (decision) => {
        giveUp();
        if (state !== 'checking') return false;
        state = 'over';
        pair.checking--;
        const isLast = this.#count(name, pair, decision);
        this.#next(pair);
        this.#tidy(name, pair);
        return isLast;
      },
    };
  }

  /** Counts a password that was checked without a turn. @returns as `end` of an attempt */
  count(name: string, decision: PasswordDecision): boolean {
    const pair = this.#pairs.get(name) ?? { wrong: 0, checking: 0, waiting: [] };
    this.#pairs.set(name, pair);
    const isLast = this.#count(name, pair, decision);
    this.#next(pair);
    this.#tidy(name, pair);
    return isLast;
  }

  #next(pair: Pair): void {
    while (pair.wrong + pair.checking < this.maxWrong) {
      const go = pair.waiting.shift();
      if (go === undefined) return;
      pair.checking++;
      go(true);
    }
  }

  /** @returns whether that was the last wrong one; the count then starts again at zero */
  #count(name: string, pair: Pair, decision: PasswordDecision): boolean {
    if (decision === 'right') pair.wrong = 0;
    if (decision !== 'wrong') return false;
    pair.wrong++;
    // Moves it to the end: the least recently counted pairs are dropped first.
    this.#pairs.delete(name);
    this.#pairs.set(name, pair);
    if (pair.wrong < this.maxWrong) return false;
    pair.wrong = 0;
    for (const go of pair.waiting.splice(0)) go(false);
    return true;
  }

  #tidy(name: string, pair: Pair): void {
    if (isIdle(pair) && pair.wrong === 0 && this.#pairs.get(name) === pair) this.#pairs.delete(name);
    if (this.#pairs.size <= MAX_PAIRS) return;
    for (const [oldest, other] of this.#pairs) {
      if (isIdle(other)) {
        this.#pairs.delete(oldest);
        return;
      }
    }
  }
}

function isIdle({ checking, waiting }: Pair): boolean {
  return checking === 0 && waiting.length === 0;
}
