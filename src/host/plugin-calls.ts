import { ClientSession } from '../kernel/client-session.ts';
import { type Reply, refuse } from '../kernel/decisions.ts';
import { DialogueOver, QuestionCancelled } from '../kernel/errors.ts';
import { isPromise } from '../kernel/eventual.ts';
import { type HookName, isSync, type PhaseName } from '../kernel/hooks.ts';
import type { Logger } from '../kernel/logger.ts';
import { isReservation, reserve } from '../kernel/reservation.ts';
import type { CallWatcher } from './call-watcher.ts';
import { runnerOf } from './current.ts';
import { type Reader, readAnswer, readDecision } from './decisions.ts';
import { HandlerTime } from './handler-time.ts';
import { type Handler, notingProvider, type PluginHandler } from './handlers.ts';
import { phaseEntry } from './hook-table.ts';
import type { Limits } from './limits.ts';
import type { Meter, Meters } from './meter.ts';
import { errorOf } from './mistakes.ts';
import { type HealthContext, PluginHealth } from './plugin-health.ts';

/** Of how many calls one is timed, once there were many: on the hot path, and of those that are awaited. */
const SAMPLED = { hot: 1024, awaited: 16 };

/** What plugins are called in. */
export interface CallContext extends HealthContext {
  readonly limits: HealthContext['limits'] & Pick<Limits, 'handlerTime'>;
  /** Where calls are counted. */
  readonly meters: Meters;
  /** The plugins of which the log has said that they are written for the last release. */
  readonly noticed: Set<string>;
  /** Told what is being called. */
  readonly watchdog?: CallWatcher | undefined;
}

/** A handler or command, and what becomes of its calls. */
interface Called {
  readonly plugin: string;
  /** How it is named in the log. */
  readonly name: string;
  readonly facts:
    | { readonly plugin: string; readonly hook: HookName; readonly phase: PhaseName }
    | { readonly plugin: string; readonly command: string };
  readonly meter: Meter;
  /** Its number for the watchdog. */
  readonly id: number;
  /** What stands in for its result when it fails. */
  readonly fallback: unknown;
  /** Reads what it returned. @throws when that is a failure too */
  read: Reader;
}

/**
 * The one place through which the host calls what plugins bring: a handler or command that throws, rejects, or takes
 * longer than it may is named in the log, and its hook's fallback stands in for its decision.
 */
export class PluginCalls {
  readonly #logger: Logger;
  readonly #health: PluginHealth;
  readonly #time: HandlerTime;
  readonly #meters: Meters;
  readonly #noticed: Set<string>;
  readonly #watchdog: CallWatcher | undefined;
  /** How many handlers and commands have begun and not ended. */
  #busy = 0;
  #whenIdle: (() => void)[] = [];

  constructor(context: CallContext) {
    const { clock, logger, limits, meters, noticed, watchdog } = context;
    this.#logger = logger;
    this.#health = new PluginHealth(context);
    this.#time = new HandlerTime(clock, limits.handlerTime);
    this.#meters = meters;
    this.#noticed = noticed;
    this.#watchdog = watchdog;
  }

  /** Whether a plugin failed so often that it is not called any more. */
  isQuarantined(plugin: string): boolean {
    return this.#health.of(plugin).quarantined;
  }

  /** A plugin's handler as the kernel is given it: one that never fails, and gives the fallback instead. */
  handler(one: PluginHandler): Handler {
    const { plugin, hook, phase } = one;
    const read = readDecision(one, this.#logger);
    const called: Called = {
      plugin,
      name: `${hook} of plugin '${plugin}'`,
      facts: { plugin, hook, phase },
      meter: this.#meters.of(plugin, hook),
      id: this.#watchdog?.idOf(plugin, hook) ?? 0,
      fallback: phaseEntry(hook, phase)?.fallback,
      read,
    };
    if (isSync(hook)) return this.#synchronous(called, one.handler as (...args: unknown[]) => unknown);
    if (phase === 'guard') called.read = (returned) => this.#contained(called, read(returned));
    if (phase === 'transform' && one.isPlain) {
      called.read = (returned) => {
        const result = read(returned);
        if (result !== undefined) this.noticeHandler(plugin, hook);
        return result;
      };
    }
    const call = notingProvider(one, one.handler) as (...args: unknown[]) => unknown;
    const health = this.#health.of(plugin);
    const runner = runnerOf(plugin);
    return (...args: unknown[]) => {
      if (health.quarantined) return undefined;
      return this.#call(called, () => runner(call, ...args), args[0]);
    };
  }

  /** Logs, once a plugin, that one of its handlers is written for the last release. */
  noticeHandler(plugin: string, hook: string): void {
    this.#noticeReleased(
      { plugin, hook },
      `handles ${hook} as the last release had it, which the next one will not take: name the phase, such as { guard: handler } or { transform: { order: 'pre', handler } }, and refuse in guard`,
    );
  }

  /** Logs, once a plugin, that one of its commands is written for the last release. */
  noticeCommand(plugin: string, command: string): void {
    this.#noticeReleased(
      { plugin, command },
      `has the command '${command}' read its arguments as the last release had it, which the next one will not take: declare params, such as { name: param.word() }, and read values`,
    );
  }

  #noticeReleased(
    facts: { readonly plugin: string; readonly hook?: string; readonly command?: string },
    text: string,
  ): void {
    const { plugin } = facts;
    if (this.#noticed.has(plugin)) return;
    this.#noticed.add(plugin);
    this.#logger.warn({ event: 'deprecated', ...facts }, `plugin '${plugin}' ${text} (docs/plugins.md)`);
  }

  /** A guard's result; what fails in a reservation of it is logged. */
  #contained(called: Called, result: unknown): unknown {
    if (!isReservation(result)) return result;
    return reserve((outcome) => {
      try {
        result.settle(outcome);
      } catch (cause) {
        this.#logFailure(called, errorOf(cause), undefined);
      }
    });
  }

  #synchronous(called: Called, call: (...args: unknown[]) => unknown): Handler {
    const { plugin, name, facts, meter, id, fallback, read } = called;
    const health = this.#health.of(plugin);
    const watchdog = this.#watchdog;
    // A handler on the hot path that always fails would fill the log: once says it.
    let said = false;
    const failed = (cause: unknown) => {
      const err = errorOf(cause);
      if (!said) this.#logger.error({ event: 'plugin-error', ...facts, err }, `${name} failed`);
      said = true;
      this.#countFailure(plugin, meter, err);
    };
    // Of fixed arity: this is called for each delivery, and an array a call would cost more than all the rest.
    const contained = (session: unknown, about: unknown, more: unknown) => {
      if (health.quarantined) return undefined;
      const began = meter.begin(SAMPLED.hot);
      const outer = watchdog?.enter(id) ?? 0;
      try {
        const result = call(session, about, more);
        if (result === undefined) return undefined;
        // Nobody awaits it here; what it rejects with is a failure of the handler all the same.
        if (isPromise(result)) new Promise((resolve) => resolve(result)).catch(failed);
        return read(result);
      } catch (cause) {
        failed(cause);
        return fallback;
      } finally {
        watchdog?.enter(outer);
        meter.end(began);
      }
    };
    return contained as Handler;
  }

  /** Counts that something failed which a plugin has set going, and in which no handler or command runs. */
  countBackgroundFailure(plugin: string): void {
    const meter = this.#meters.of(plugin, 'background');
    meter.calls++;
    this.#countFailure(plugin, meter);
  }

  /** Resolves when nothing of the plugins' runs any more that was called through this. */
  async idle(): Promise<void> {
    do {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (this.#busy > 0) this.#whenIdle.push(resolve);
      else resolve();
      await promise;
      // A command begins a few promises after the hook before it has ended.
      await new Promise(setImmediate);
    } while (this.#busy > 0);
  }

  /** Does what a plugin's service is asked for on the way to a command, as a part of what runs. */
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

  /** A command's code as the kernel calls it. */
  command<Call extends { readonly session: object }>(
    plugin: string,
    command: string,
    run: (call: Call) => Reply | Promise<Reply>,
  ): (call: Call) => Reply | Promise<Reply> {
    const meter = this.#meters.of(plugin, `command ${command}`);
    const called: Called = {
      plugin,
      name: `command '${command}' of plugin '${plugin}'`,
      facts: { plugin, command },
      meter,
      id: this.#watchdog?.idOf(plugin, meter.what) ?? 0,
      fallback: refuse('internal'),
      read: readAnswer(plugin, command, this.#logger),
    };
    const health = this.#health.of(plugin);
    const runner = runnerOf(plugin);
    return (call) => {
      if (health.quarantined) return refuse('internal');
      return this.#call(called, () => runner(run, call), call.session) as Reply | Promise<Reply>;
    };
  }

  /** @param about what the handler is given first: often the session that it is about */
  #call(called: Called, call: () => unknown, about: unknown): unknown {
    this.#busy++;
    const began = called.meter.begin(SAMPLED.awaited);
    const session = about instanceof ClientSession ? about : undefined;
    const waited = session?.questions.waited ?? 0;
    let isUnderWay = false;
    try {
      const result = this.#watched(call, called.id);
      isUnderWay = isPromise(result);
      if (!isUnderWay) return called.read(result);
      return this.#settle(called, result as PromiseLike<unknown>, session, began, waited);
    } catch (cause) {
      return this.#fallback(called, cause, session);
    } finally {
      if (!isUnderWay) this.#end(called, session, began, waited);
    }
  }

  /** Waits for what a call returned, for as long as it may take. Two promises a call: this is on the way of each message. */
  #settle(
    called: Called,
    work: PromiseLike<unknown>,
    session: ClientSession | undefined,
    began: number,
    waited: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (result: () => unknown): void => {
        isOver = true;
        unwatch();
        try {
          resolve(result());
        } catch (thrown) {
          reject(thrown);
        }
        this.#end(called, session, began, waited);
      };
      const fail = (cause: unknown) => end(() => this.#fallback(called, cause, session));
      const unwatch = this.#time.watch(session, fail);
      const arrived = (result: unknown): void => {
        if (!isOver) end(() => this.#read(called, result, session));
        // Nobody waits any more for what comes too late: what it reserved is given back.
        else if (isReservation(result)) result.settle(undefined);
      };
      const failed = (cause: unknown): void => {
        if (!isOver) fail(cause);
      };
      // What only looks like a promise may throw, or return anything, when it is asked to be one.
      const promise = work instanceof Promise ? work : new Promise((settle) => settle(work));
      promise.then(arrived, failed);
    });
  }

  /** What a call returned, or what stands in for it where it may not return that. */
  #read(called: Called, result: unknown, session: ClientSession | undefined): unknown {
    try {
      return called.read(result);
    } catch (cause) {
      return this.#fallback(called, cause, session);
    }
  }

  #end({ meter }: Called, session: ClientSession | undefined, began: number, waited: number): void {
    // The client's time for its answers is not the plugin's.
    meter.end(began, (session?.questions.waited ?? 0) - waited);
    this.#ended();
  }

  /** What stands in for the result of a call that failed. @throws what is no failure of the plugin's */
  #fallback(called: Called, cause: unknown, session: ClientSession | undefined): unknown {
    const err = errorOf(cause);
    // Whoever asks another client than the one the call is about must look after that one's leaving.
    if (err instanceof DialogueOver && err.session === session) {
      const hook = 'hook' in called.facts ? called.facts.hook : undefined;
      if (session?.ended && hook === 'onDisconnect') return called.fallback;
      // Nothing depends on what it asked: the next handler runs.
      if (err instanceof QuestionCancelled && hook === 'onLogin') return called.fallback;
      throw err;
    }
    this.#logFailure(called, err, session);
    return called.fallback;
  }

  #logFailure({ plugin, name, facts, meter }: Called, err: Error, session: ClientSession | undefined): void {
    this.#logger.error({ event: 'plugin-error', ...facts, ...session?.who, err }, `${name} failed`);
    this.#countFailure(plugin, meter, err);
  }

  #countFailure(plugin: string, meter: Meter, cause?: Error): void {
    meter.errors++;
    this.#health.failed(plugin, cause);
  }

  /** What a call does before its first wait is done in the plugin's name. */
  #watched<T>(call: () => T, id: number): T {
    const watchdog = this.#watchdog;
    if (watchdog === undefined) return call();
    const outer = watchdog.enter(id);
    try {
      return call();
    } finally {
      watchdog.enter(outer);
    }
  }
}
