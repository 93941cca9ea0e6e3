import type { HookName } from '../api/handlers.ts';
import type { Logger } from '../api/logger.ts';
import { isPromise } from '../hooks/eventual.ts';
import type { PhaseName } from '../hooks/phases.ts';
import { isReservation } from '../hooks/reservation.ts';
import { ClientSession } from '../kernel/client-session.ts';
import { DialogueOver, QuestionCancelled } from '../kernel/errors.ts';
import type { CallWatcher } from './call-watcher.ts';
import { HandlerTime, type TimedCall } from './handler-time.ts';
import type { Limits } from './limits.ts';
import type { Meter } from './meter.ts';
import { type Health, type HealthContext, PluginHealth } from './plugin-health.ts';
import type { Reader } from './results.ts';
import { errorOf } from './thrown.ts';

/** Once there were many calls, one in so many is timed. */
const SAMPLED = 16;

/** What calls need. */
export interface RunContext extends HealthContext {
  readonly limits: HealthContext['limits'] & Pick<Limits, 'handlerTime'>;
  /** Notes which plugin's code is running. */
  readonly watchdog?: CallWatcher | undefined;
}

/** The code of a handler or command. Fixed arity: an array of arguments would cost more than many a handler does. */
export type Code = (first: unknown, second: unknown, third: unknown) => unknown;

/** A handler or command as it is called. */
export interface Called {
  readonly plugin: string;
  /** Its name for the log. */
  readonly name: string;
  readonly facts:
    | { readonly plugin: string; readonly hook: HookName; readonly phase: PhaseName }
    | { readonly plugin: string; readonly command: string };
  readonly meter: Meter;
  /** Its number for the watchdog. */
  readonly id: number;
  /** Runs it, in its plugin's name. */
  readonly code: Code;
  /** The result when it fails. */
  readonly fallback: unknown;
  /** Reads what it returned. @throws when that is invalid, which is a failure too */
  read: Reader;
}

/** A call whose result is awaited. */
interface AwaitedCall extends TimedCall {
  readonly called: Called;
  /** When it began, see `Meter`, and how long its client had been waited for by then, in milliseconds. */
  readonly began: number;
  readonly waited: number;
  resolve(result: unknown): void;
  reject(cause: unknown): void;
}

/**
 * Runs calls of plugins' code: a handler or command that throws, rejects or takes too long is logged and counted, and its
 * fallback becomes its result.
 */
export class CallRunner {
  readonly #logger: Logger;
  readonly #health: PluginHealth;
  readonly #time: HandlerTime<AwaitedCall>;
  readonly #watchdog: CallWatcher | undefined;
  /** How many calls are running. */
  #busy = 0;
  #whenIdle: (() => void)[] = [];

  constructor(context: RunContext) {
    const { clock, logger, limits, watchdog } = context;
    this.#logger = logger;
    this.#health = new PluginHealth(context);
    this.#time = new HandlerTime(clock, limits.handlerTime, (call, cause) => this.#failed(call, cause));
    this.#watchdog = watchdog;
  }

  healthOf(plugin: string): Health {
    return this.#health.of(plugin);
  }

  /** Runs a call with these arguments. @param about the session that it is about, if it is about one */
  run(called: Called, about: unknown, first: unknown, second?: unknown, third?: unknown): unknown {
    this.#busy++;
    const began = called.meter.begin(SAMPLED);
    const session = about instanceof ClientSession ? about : undefined;
    const waited = session?.questions.waited ?? 0;
    let isUnderWay = false;
    try {
      const result = this.#watched(called, first, second, third);
      isUnderWay = isPromise(result);
      if (!isUnderWay) return called.read(result);
      return this.#settle(called, result as PromiseLike<unknown>, session, began, waited);
    } catch (cause) {
      return this.#fallback(called, cause, session);
    } finally {
      if (!isUnderWay) this.#end(called, session, began, waited);
    }
  }

  /** Runs the synchronous part of a call; meanwhile the watchdog knows whose code that is. */
  #watched({ code, id }: Called, first: unknown, second: unknown, third: unknown): unknown {
    const watchdog = this.#watchdog;
    if (watchdog === undefined) return code(first, second, third);
    const outer = watchdog.enter(id);
    try {
      return code(first, second, third);
    } finally {
      watchdog.enter(outer);
    }
  }

  /** Waits for the result of a call within its time limit. It takes two promises a call: each message comes through here. */
  #settle(
    called: Called,
    work: PromiseLike<unknown>,
    session: ClientSession | undefined,
    began: number,
    waited: number,
  ): Promise<unknown> {
    // The `then` of a mere thenable may throw, or call back twice.
    const promise = work instanceof Promise ? work : new Promise((settle) => settle(work));
    return new Promise((resolve, reject) => {
      const call: AwaitedCall = { called, session, began, waited, resolve, reject, left: this.#time.limit };
      this.#time.watch(call);
      promise.then(
        (result) => this.#arrived(call, result),
        (cause) => this.#failed(call, cause),
      );
    });
  }

  #arrived(call: AwaitedCall, result: unknown): void {
    if (!this.#time.unwatch(call)) {
      // A result that comes too late is not used, so release its reservation.
      if (isReservation(result)) result.settle(undefined);
      return;
    }
    const { called, session, began, waited, resolve } = call;
    try {
      resolve(called.read(result));
    } catch (cause) {
      this.#fallBack(call, cause);
    }
    this.#end(called, session, began, waited);
  }

  #failed(call: AwaitedCall, cause: unknown): void {
    if (!this.#time.unwatch(call)) return;
    const { called, session, began, waited } = call;
    this.#fallBack(call, cause);
    this.#end(called, session, began, waited);
  }

  #fallBack({ called, session, resolve, reject }: AwaitedCall, cause: unknown): void {
    try {
      resolve(this.#fallback(called, cause, session));
    } catch (thrown) {
      reject(thrown);
    }
  }

  #end({ meter }: Called, session: ClientSession | undefined, began: number, waited: number): void {
    // The time that the client took to answer does not count.
    meter.end(began, (session?.questions.waited ?? 0) - waited);
    this.#ended();
  }

  /** The result of a call that failed. @throws an error that the plugin did not cause */
  #fallback(called: Called, cause: unknown, session: ClientSession | undefined): unknown {
    const err = errorOf(cause);
    // A plugin that asks another client than the one of the call must handle that client's leaving itself.
    if (err instanceof DialogueOver && err.session === session) {
      const hook = 'hook' in called.facts ? called.facts.hook : undefined;
      if (session?.ended && hook === 'onDisconnect') return called.fallback;
      // No login depends on its question any more: the next handler runs.
      if (err instanceof QuestionCancelled && hook === 'onLogin') return called.fallback;
      throw err;
    }
    this.logFailure(called, err, session);
    return called.fallback;
  }

  /** Logs and counts a failed call. */
  logFailure({ plugin, name, facts, meter }: Called, err: Error, session: ClientSession | undefined): void {
    this.#logger.error({ event: 'plugin-error', ...facts, ...session?.who, err }, `${name} failed`);
    this.countFailure(plugin, meter, err);
  }

  /** Counts a failure, which may quarantine the plugin. */
  countFailure(plugin: string, meter: Meter, cause?: Error): void {
    meter.errors++;
    this.#health.failed(plugin, cause);
  }

  /** Resolves when no call is running any more. */
  async idle(): Promise<void> {
    do {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (this.#busy > 0) this.#whenIdle.push(resolve);
      else resolve();
      await promise;
      // A command begins a few microtasks after the hook before it ended.
      await new Promise(setImmediate);
    } while (this.#busy > 0);
  }

  /** Counts some work on the way to a command, such as a look-up in a plugin's service, as running. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    if (--this.#busy === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
