import { randomUUID } from 'node:crypto';
import { type KeyOwners, type SteadyClock, type TimedBlocks, z } from 'chatserv';
import type { Attempt, Attempts } from './attempts.ts';

/**
 * How long the owner of a pair keeps another server waiting for a turn until it is asked again, and after how long nobody
 * waits for its answer any more. In milliseconds.
 */
const [HOLD, ASK_TIME] = [500, 2000];

/** How long storing a block may take on another server, in milliseconds. */
const STORE_TIME = 4000;

/**
 * How long a turn lasts whose end is not heard of, as when a server was killed, in milliseconds. Longer than a password
 * waits and is hashed. One that a plugin checks for longer still counts, but the next one need not wait for it.
 */
const LEASE = 15_000;

/** The outcome of waiting for a turn: its id, or for how many seconds the pair is blocked; neither after too long a wait. */
const begun = z.object({ turn: z.string().optional(), blocked: z.number().optional() });

const beginning = z.object({ pair: z.string(), wait: z.number() });
const ending = z.object({ pair: z.string(), turn: z.string(), decision: z.enum(['right', 'wrong', 'again']) });

/** A password that is being checked. */
interface Checking {
  readonly attempt: Attempt;
  /** Stops the lease. */
  cancel(): void;
}

/** The passwords that are being checked, by the ids of their turns. */
export type CheckingPasswords = Map<string, Checking>;

export interface TurnsOptions {
  readonly attempts: Attempts;
  readonly checking: CheckingPasswords;
  readonly blocks: TimedBlocks;
  /** How long a block lasts, in seconds. */
  readonly lockoutDuration: number;
  readonly clock: SteadyClock;
  /** Without it, this server counts by itself. */
  readonly owners: KeyOwners | undefined;
}

/**
 * Turns to have a password of a pair checked, and blocks of pairs after too many wrong ones. On several servers the owner of
 * the pair gives the turns, counts, and measures the blocks, so that guesses on all of them count as on one.
 */
export class Turns {
  readonly #options: TurnsOptions;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Answers other servers. @returns stops that */
  serve(): () => void {
    const { owners, blocks } = this.#options;
    const stops = [
      owners?.handle('lockout.begin', (data) => this.#begin(beginning.parse(data))),
      owners?.handle('lockout.end', (data) => this.#end(ending.parse(data))),
      owners?.handle('lockout.left', (data) => blocks.left(z.string().parse(data))),
    ];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  /** Waits for a turn, for so many milliseconds at most. */
  async begin(pair: string, wait: number): Promise<z.infer<typeof begun>> {
    const { owners, clock } = this.#options;
    const hold = owners === undefined ? wait : HOLD;
    const until = clock.monotonic() + wait;
    for (;;) {
      const left = until - clock.monotonic();
      const asked = { pair, wait: Math.min(left, hold) };
      const outcome = begun.parse(
        (await owners?.ask('lockout.begin', pair, asked, ASK_TIME)) ?? (await this.#begin(asked)),
      );
      if (outcome.turn !== undefined || outcome.blocked !== undefined || left <= hold) return outcome;
    }
  }

  /** Ends a turn. @returns whether a block begins, once it is stored */
  async end(pair: string, turn: string, decision: z.infer<typeof ending>['decision']): Promise<boolean> {
    const asked = { pair, turn, decision };
    const isLast = await this.#options.owners?.ask('lockout.end', pair, asked, STORE_TIME);
    return z.boolean().parse(isLast ?? (await this.#end(asked)));
  }

  /** For how many more seconds a pair is blocked; 0 if it is not. */
  async left(pair: string): Promise<number> {
    const { owners, blocks } = this.#options;
    return z.number().parse((await owners?.ask('lockout.left', pair, pair)) ?? (await blocks.left(pair)));
  }

  async #begin({ pair, wait }: z.infer<typeof beginning>): Promise<z.infer<typeof begun>> {
    const { attempts, checking, blocks, clock } = this.#options;
    const attempt = attempts.begin(pair);
    const late = clock.monotonic() + wait + ASK_TIME - HOLD;
    let isBegun = false;
    try {
      const stopWaiting = clock.after(wait, attempt.giveUp);
      const goes = await attempt.turn;
      stopWaiting();
      // A block may have begun in the meantime.
      const left = await blocks.left(pair);
      if (left > 0) return { blocked: left };
      // A turn that another server does not learn of would be lost.
      if (!goes || clock.monotonic() > late) return {};
      isBegun = true;
      const turn = randomUUID();
      const cancel = clock.after(LEASE, () => this.#end({ pair, turn, decision: 'again' }));
      checking.set(turn, { attempt, cancel });
      return { turn };
    } finally {
      if (!isBegun) attempt.end('again');
    }
  }

  async #end({ pair, turn, decision }: z.infer<typeof ending>): Promise<boolean> {
    const { attempts, checking, blocks, lockoutDuration } = this.#options;
    const known = checking.get(turn);
    checking.delete(turn);
    known?.cancel();
    // It is counted all the same if another server gave the turn, or it lasted too long.
    const isLast = known === undefined ? attempts.count(pair, decision) : known.attempt.end(decision);
    // In effect at once: no turn is given before it.
    if (isLast) await blocks.add(pair, lockoutDuration);
    return isLast;
  }
}
