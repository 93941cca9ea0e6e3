import { AsyncSeriesBailHook, AsyncSeriesHook, SyncBailHook, SyncHook } from 'tapable';
import { type Eventual, isPromise } from './eventual.ts';
import { Passage, type Reservation } from './reservation.ts';

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

type Callback = (error: unknown, result?: unknown) => void;
type Tap = (...args: never[]) => unknown;

/** Any of tapable's async hooks, untyped. */
interface AwaitedHook {
  isUsed(): boolean;
  tapAsync(name: string, fn: (...args: never[]) => void): void;
  callAsync(...args: unknown[]): void;
}

/** Taps a handler that may return a promise. */
function tap(hook: AwaitedHook, name: string, handler: Tap): void {
  const call = handler as (...args: unknown[]) => unknown;
  hook.tapAsync(name, (...args: unknown[]) => {
    const done = args.pop() as Callback;
    let result: unknown;
    try {
      result = call(...args);
    } catch (cause) {
      done(cause);
      return;
    }
    if (isPromise(result)) result.then((value) => done(null, value), done);
    else done(null, result);
  });
}

/** Calls a hook. @returns its result, a promise only if a handler returned one @throws what a handler throws */
function call(hook: AwaitedHook, args: readonly unknown[]): unknown {
  let finished: { readonly error: unknown; readonly result: unknown } | undefined;
  let settle: Callback | undefined;
  hook.callAsync(...args, (error: unknown, result?: unknown) => {
    if (settle === undefined) finished = { error, result };
    else settle(error, result);
  });
  if (finished === undefined) {
    return new Promise((resolve, reject) => {
      settle = (error, result) => (error ? reject(error) : resolve(result));
    });
  }
  if (finished.error) throw finished.error;
  return finished.result;
}

/** Guards: all run, in order; any may refuse. */
class GuardPhase<Args extends readonly unknown[], Refusal, Outcome> {
  readonly #hook: AwaitedHook;

  constructor(args: readonly string[]) {
    this.#hook = new AsyncSeriesHook(names([...args, 'passage'])) as unknown as AwaitedHook;
  }

  isUsed(): boolean {
    return this.#hook.isUsed();
  }

  tap(name: string, handler: (...args: Args) => Eventual<Refusal | Reservation<Outcome> | undefined>): void {
    type Result = Awaited<ReturnType<typeof handler>>;
    const guard = (...args: [...Args, Passage<Refusal, Outcome>]) => {
      const passage = args.pop() as Passage<Refusal, Outcome>;
      const result = handler(...(args as unknown as Args));
      if (!isPromise(result)) return passage.take(result as Result);
      return (result as Promise<Result>).then((late) => passage.take(late));
    };
    tap(this.#hook, name, guard as Tap);
  }

  /** Runs the guards. @returns their outcome, which the caller settles @throws what a guard throws */
  run(...args: Args): Eventual<Passage<Refusal, Outcome>> {
    const passage = new Passage<Refusal, Outcome>();
    this.#hook.callAsync(...args, passage, (error: unknown) => passage.end(error));
    return passage.known();
  }
}

/** Handlers that run in order until one returns a result. */
class BailPhase<Args extends readonly unknown[], Result> {
  readonly #hook: AwaitedHook;

  constructor(args: readonly string[]) {
    this.#hook = new AsyncSeriesBailHook(names(args)) as unknown as AwaitedHook;
  }

  isUsed(): boolean {
    return this.#hook.isUsed();
  }

  tap(name: string, handler: (...args: Args) => Eventual<Result | undefined>): void {
    tap(this.#hook, name, handler as Tap);
  }

  /** The first result. @throws what a handler throws */
  run(...args: Args): Eventual<Result | undefined> {
    return call(this.#hook, args) as Eventual<Result | undefined>;
  }
}

/** Handlers that only observe. */
class ObservePhase<Args extends readonly unknown[]> {
  readonly #hook: AwaitedHook;

  constructor(args: readonly string[]) {
    this.#hook = new AsyncSeriesHook(names(args)) as unknown as AwaitedHook;
  }

  isUsed(): boolean {
    return this.#hook.isUsed();
  }

  tap(name: string, handler: (...args: Args) => unknown): void {
    tap(this.#hook, name, handler as Tap);
  }

  /** Runs the observers. @throws what one throws */
  run(...args: Args): Eventual<void> {
    return call(this.#hook, args) as Eventual<void>;
  }

  /** Runs the observers without waiting for them. */
  notify(...args: Args): void {
    this.#hook.callAsync(...args, nothing);
  }
}

type ResultOf<F extends Tap> = Exclude<Awaited<ReturnType<F>>, undefined>;
type OutcomeOf<T> = T extends Reservation<infer Outcome> ? Outcome : never;

/** The phases that a hook has. */
export type PhasesOf<H> = keyof H & PhaseName;

/** The result of any of a hook's phases. */
export type ResultOfAny<H> = {
  [P in PhasesOf<H>]: Exclude<ResultOf<Extract<H[P], Tap>>, Reservation<never>>;
}[PhasesOf<H>];

type Runner<H, P extends PhasesOf<H>, IsSync, F extends Tap = Extract<H[P], Tap>> = IsSync extends true
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
