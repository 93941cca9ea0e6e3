import type { PasswordDecision } from 'chatserv';

/** How many pairs are counted at once; the oldest are forgotten first. */
const PAIRS = 100_000;

/** What is counted of a pair. */
interface Pair {
  /** Wrong passwords in a row. */
  wrong: number;
  /** Passwords that are being checked. */
  checking: number;
  /** Told whether it is their turn, first come first served. */
  readonly waiting: ((goes: boolean) => void)[];
}

/** A password to be checked. */
export interface Attempt {
  /** Resolves with true when it may be checked, or with false when it has waited too long or a block began. */
  readonly turn: Promise<boolean>;
  /** Stops waiting. */
  giveUp(): void;
  /**
   * Counts it and lets the next one go. A second call does nothing.
   * @returns whether this was the last wrong password before the block
   */
  end(decision: PasswordDecision): boolean;
}

/**
 * Limits the passwords checked for each pair of a user and a network: wrong ones in a row plus those being checked never
 * exceed `most`, however many arrive at one moment.
 */
export class Attempts {
  /** How many may be wrong in a row. */
  most = 1;
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

  #next(pair: Pair): void {
    while (pair.wrong + pair.checking < this.most) {
      const go = pair.waiting.shift();
      if (go === undefined) return;
      pair.checking++;
      go(true);
    }
  }

  /** @returns whether that was the last wrong one; the count then starts anew */
  #count(name: string, pair: Pair, decision: PasswordDecision): boolean {
    if (decision === 'right') pair.wrong = 0;
    if (decision !== 'wrong') return false;
    pair.wrong++;
    // The least recently counted pairs are forgotten first.
    this.#pairs.delete(name);
    this.#pairs.set(name, pair);
    if (pair.wrong < this.most) return false;
    pair.wrong = 0;
    for (const go of pair.waiting.splice(0)) go(false);
    return true;
  }

  #tidy(name: string, pair: Pair): void {
    if (isIdle(pair) && pair.wrong === 0 && this.#pairs.get(name) === pair) this.#pairs.delete(name);
    if (this.#pairs.size <= PAIRS) return;
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
