import { SyncBailHook, SyncHook } from 'tapable';
import type { Eventual } from './eventual.ts';
import { Passage, type Reservation } from './reservation.ts';
import { FirstResult, Series, type Tap } from './series.ts';

/** The phases of hooks, in the order in which they run. */
export const PHASES = ['guard', 'transform', 'decide', 'observe'] as const;

export type PhaseName = (typeof PHASES)[number];

/** A handler's decision, or a promise of it; undefined leaves it to the next handler. */
export type Decision<T> = T | undefined | Promise<T | undefined>;

/**
 * A guard's result, or a promise of it: a refusal; undefined to let the call pass; or `reserve(...)` to pass it and
 * learn its outcome.
 */
export type Guarding<Refused, Outcome = Refused> = Decision<Refused | Reservation<Outcome>>;

/** The result of a handler that decides nothing: undefined, or a promise of it. */
export type Watching = undefined | Promise<undefined>;

type AnyTap = (...args: never[]) => unknown;
type Tapped = (series: Series, first: unknown, second: unknown, third: unknown) => void;

/** One of tapable's hooks, untyped. Its first argument is the call. */
interface SeriesHook {
  isUsed(): boolean;
  tap(name: string, fn: Tapped): void;
  call(series: Series, ...args: readonly unknown[]): void;
}

/** The handlers of one phase, any of which may return a promise. */
class Phase<Args extends readonly unknown[], Result> {
  protected readonly hook: SeriesHook;

  constructor(args: readonly string[]) {
    this.hook = new SyncHook(names(['series', ...args])) as unknown as SeriesHook;
  }

  isUsed(): boolean {
    return this.hook.isUsed();
  }

  tap(name: string, handler: (...args: Args) => Eventual<Result>): void {
    const tap = handler as unknown as Tap;
    this.hook.tap(name, (series, first, second, third) => series.next(tap, first, second, third));
  }
}

/** Guards: all run, in order; any may refuse. */
class GuardPhase<Args extends readonly unknown[], Refusal, Outcome> extends Phase<
  Args,
  Refusal | Reservation<Outcome> | undefined
> {
  /** Runs the guards. @returns their outcome, which the caller settles @throws what a guard throws */
  run(...args: Args): Eventual<Passage<Refusal, Outcome>> {
    const passage = new Passage<Refusal, Outcome>();
    try {
      this.hook.call(passage, ...args);
    } catch (cause) {
      passage.fail(cause);
    }
    return passage.known();
  }
}

/** Handlers that run in order until one returns a result. */
class BailPhase<Args extends readonly unknown[], Result> extends Phase<Args, Result | undefined> {
  /** The first result. @throws what a handler throws */
  run(...args: Args): Eventual<Result | undefined> {
    const first = new FirstResult();
    this.hook.call(first, ...args);
    return first.result() as Eventual<Result | undefined>;
  }
}

/** Handlers that only observe. */
class ObservePhase<Args extends readonly unknown[]> extends Phase<Args, unknown> {
  /** Runs the observers. @throws what one throws */
  run(...args: Args): Eventual<void> {
    const series = new Series();
    this.hook.call(series, ...args);
    return series.running;
  }

  /** Runs the observers without waiting for them. */
  notify(...args: Args): void {
    try {
      this.run(...args)?.catch(nothing);
    } catch {
      // Whoever called the handler has logged it.
    }
  }
}

type ResultOf<F extends AnyTap> = Exclude<Awaited<ReturnType<F>>, undefined>;
type OutcomeOf<T> = T extends Reservation<infer Outcome> ? Outcome : never;

/** The phases that a hook has. */
export type PhasesOf<H> = keyof H & PhaseName;

/** The result of any of a hook's phases. */
export type ResultOfAny<H> = {
  [P in PhasesOf<H>]: Exclude<ResultOf<Extract<H[P], AnyTap>>, Reservation<never>>;
}[PhasesOf<H>];

type Runner<H, P extends PhasesOf<H>, IsSync, F extends AnyTap = Extract<H[P], AnyTap>> = IsSync extends true
  ? P extends 'guard'
    ? SyncBailHook<Parameters<F>, ResultOf<F> | undefined>
    : SyncHook<Parameters<F>>
  : P extends 'guard'
    ? GuardPhase<Parameters<F>, Exclude<ResultOf<F>, Reservation<never>>, OutcomeOf<ResultOf<F>>>
    : P extends 'observe'
      ? ObservePhase<Parameters<F>>
      : BailPhase<Parameters<F>, P extends 'transform' ? ResultOfAny<H> : ResultOf<F>>;

/** A tapable hook for each phase of each hook in a table of handlers. */
export type HooksOf<Table, Sync extends keyof Table> = {
  readonly [H in keyof Table]: {
    readonly [P in PhasesOf<Table[H]>]: Runner<Table[H], P, H extends Sync ? true : false>;
  };
};

/** The phases of each hook in a table of handlers, with the names of their arguments. */
export type ArgumentNames<Table> = {
  readonly [H in keyof Table]: { readonly [P in PhasesOf<Table[H]>]: readonly string[] };
};

/** Makes the hooks of a table. Each generation makes its own: tapable cannot untap. */
export function hooksOf<Table, Sync extends keyof Table>(
  argumentNames: ArgumentNames<Table>,
  isSync: (hook: keyof Table) => boolean,
): HooksOf<Table, Sync> {
  const runners = Object.entries<Partial<Record<PhaseName, readonly string[]>>>(argumentNames).map(([hook, phases]) => [
    hook,
    Object.fromEntries(
      Object.entries(phases).map(([phase, args]) => [
        phase,
        runner(phase as PhaseName, args, isSync(hook as keyof Table)),
      ]),
    ),
  ]);
  return Object.fromEntries(runners);
}

function runner(phase: PhaseName, args: readonly string[], sync: boolean): unknown {
  if (sync) return phase === 'guard' ? new SyncBailHook(names(args)) : new SyncHook(names(args));
  if (phase === 'guard') return new GuardPhase(args);
  return phase === 'observe' ? new ObservePhase(args) : new BailPhase(args);
}

/** A hook's argument names, typed as tapable wants them: it generates code from them. */
function names(args: readonly string[]): [string] {
  return [...args] as [string];
}

function nothing(): void {}
