import { type Reply, refuse } from '../api/decisions.ts';
import { isSync } from '../api/handlers.ts';
import type { Logger } from '../api/logger.ts';
import { isPromise } from '../hooks/eventual.ts';
import { isReservation, reserve } from '../hooks/reservation.ts';
import { type Called, CallRunner, type Code, type RunContext } from './call-runner.ts';
import type { CallWatcher } from './call-watcher.ts';
import { runnerOf } from './current.ts';
import { readAnswer, readDecision } from './decisions.ts';
import { type Handler, notingProvider, type PluginHandler } from './handlers.ts';
import { phaseEntry } from './hook-table.ts';
import type { Meters } from './meter.ts';
import { errorOf } from './thrown.ts';

/** On the hot path, once there were many calls, one in so many is timed. */
const SAMPLED = 1024;

/** What the handlers and commands of plugins are called with. */
export interface CallContext extends RunContext {
  /** Counts and times calls. */
  readonly meters: Meters;
  /** The plugins whose deprecation notice was logged. */
  readonly noticed: Set<string>;
}

/** Wraps plugins' handlers and commands for the kernel: it never sees one fail, and each failure is logged and counted. */
export class PluginCalls {
  readonly #runner: CallRunner;
  readonly #logger: Logger;
  readonly #meters: Meters;
  readonly #noticed: Set<string>;
  readonly #watchdog: CallWatcher | undefined;

  constructor(context: CallContext) {
    const { logger, meters, noticed, watchdog } = context;
    this.#runner = new CallRunner(context);
    this.#logger = logger;
    this.#meters = meters;
    this.#noticed = noticed;
    this.#watchdog = watchdog;
  }

  /** Whether a plugin failed so often that it is no longer called. */
  isQuarantined(plugin: string): boolean {
    return this.#runner.healthOf(plugin).quarantined;
  }

  /** Wraps a handler: it never fails, and returns the fallback of its phase instead. */
  handler(one: PluginHandler): Handler {
    const { plugin, hook, phase } = one;
    const read = readDecision(one, this.#logger);
    const runner = runnerOf(plugin);
    const code = notingProvider(one, one.handler) as Code;
    const called: Called = {
      plugin,
      name: `${hook} of plugin '${plugin}'`,
      facts: { plugin, hook, phase },
      meter: this.#meters.of(plugin, hook),
      id: this.#watchdog?.idOf(plugin, hook) ?? 0,
      code: (first, second, third) => runner(code, first, second, third),
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
    const health = this.#runner.healthOf(plugin);
    const contained: Code = (first, second, third) =>
      health.quarantined ? undefined : this.#runner.run(called, first, first, second, third);
    return contained as Handler;
  }

  /** Logs once a plugin that a handler was written for the last release. */
  noticeHandler(plugin: string, hook: string): void {
    this.#noticeReleased(
      { plugin, hook },
      `uses the previous release's form of ${hook}, which the next release drops: name the phase, such as { guard: handler } or { transform: { order: 'pre', handler } }, and refuse in guard`,
    );
  }

  /** Logs once a plugin that a command was written for the last release. */
  noticeCommand(plugin: string, command: string): void {
    this.#noticeReleased(
      { plugin, command },
      `reads the arguments of the command '${command}' in the previous release's form, which the next release drops: declare params, such as { name: param.word() }, and read values`,
    );
  }

  #noticeReleased(
    facts: { readonly plugin: string; readonly hook?: string; readonly command?: string },
    text: string,
  ): void {
    const { plugin } = facts;
    if (this.#noticed.has(plugin)) return;
    this.#noticed.add(plugin);
    this.#logger.warn({ event: 'deprecated', ...facts }, `plugin '${plugin}' ${text} (docs/plugins/hooks.md)`);
  }

  /** A guard's result. A failure in settling its reservation is logged. */
  #contained(called: Called, result: unknown): unknown {
    if (!isReservation(result)) return result;
    return reserve((outcome) => {
      try {
        result.settle(outcome);
      } catch (cause) {
        this.#runner.logFailure(called, errorOf(cause), undefined);
      }
    });
  }

  #synchronous(called: Called, call: (...args: unknown[]) => unknown): Handler {
    const { plugin, name, facts, meter, id, fallback, read } = called;
    const health = this.#runner.healthOf(plugin);
    const watchdog = this.#watchdog;
    // A handler on the hot path that always fails would fill the log.
    let isLogged = false;
    const failed = (cause: unknown) => {
      const err = errorOf(cause);
      if (!isLogged) this.#logger.error({ event: 'plugin-error', ...facts, err }, `${name} failed`);
      isLogged = true;
      this.#runner.countFailure(plugin, meter, err);
    };
    const contained: Code = (session, about, more) => {
      if (health.quarantined) return undefined;
      const began = meter.begin(SAMPLED);
      const outer = watchdog?.enter(id) ?? 0;
      try {
        const result = call(session, about, more);
        if (result === undefined) return undefined;
        // It is not awaited, but a rejection is still a failure of the handler.
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

  /** Counts a failure outside of handlers and commands, such as in a timer. */
  countBackgroundFailure(plugin: string): void {
    const meter = this.#meters.of(plugin, 'background');
    meter.calls++;
    this.#runner.countFailure(plugin, meter);
  }

  /** Resolves when no handler or command runs any more. */
  idle(): Promise<void> {
    return this.#runner.idle();
  }

  /** Counts some work on the way to a command, such as a look-up in a plugin's service, as running. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.#runner.during(work);
  }

  /** Wraps a command's code: it never fails, and refuses with `internal` instead. */
  command<Call extends { readonly session: object }>(
    plugin: string,
    command: string,
    run: (call: Call) => Reply | Promise<Reply>,
  ): (call: Call) => Reply | Promise<Reply> {
    const meter = this.#meters.of(plugin, `command ${command}`);
    const runner = runnerOf(plugin);
    const called: Called = {
      plugin,
      name: `command '${command}' of plugin '${plugin}'`,
      facts: { plugin, command },
      meter,
      id: this.#watchdog?.idOf(plugin, meter.what) ?? 0,
      code: (call) => runner(run, call as Call),
      fallback: refuse('internal'),
      read: readAnswer(plugin, command, this.#logger),
    };
    const health = this.#runner.healthOf(plugin);
    return (call) => {
      if (health.quarantined) return refuse('internal');
      return this.#runner.run(called, call.session, call) as Reply | Promise<Reply>;
    };
  }
}
