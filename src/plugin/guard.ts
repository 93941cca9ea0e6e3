import type { Clock } from '../kernel/clock.ts';
import { HOOKS, type HookName } from '../kernel/hooks.ts';
import type { Logger } from '../kernel/logger.ts';
import { Session, SessionEnded, StartedOver } from '../kernel/session.ts';
import { type Reply, refuse } from '../kernel/verdicts.ts';

/** A function of a plugin's, its types worn off. */
export type Handler = (...args: never[]) => unknown;

/** How often the time of running handlers is looked at, as a part of the time they have. */
const LOOKS = 10;

interface Running {
  left: number;
  /** Whose answers it may wait for; that time is the client's. */
  readonly session: Session | undefined;
  readonly stop: () => void;
}

/**
 * The one place through which the host calls what plugins bring: a handler or command that throws, rejects, or takes
 * longer than it may is named in the log, and its hook's fallback stands in for its decision.
 */
export class Guard {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #time: number;
  readonly #running = new Set<Running>();
  #cancelLook: (() => void) | undefined;
  /** How many handlers and commands have begun and not ended. */
  #busy = 0;
  #whenIdle: (() => void)[] = [];

  /** @param time how long a handler may take, in milliseconds */
  constructor(clock: Clock, logger: Logger, time: number) {
    this.#clock = clock;
    this.#logger = logger;
    this.#time = time;
  }

  /** A plugin's handler as tapable is given it: of a synchronous hook a plain function, of any other one that promises. */
  handler(plugin: string, hook: HookName, handler: Handler): Handler {
    const { kind, fallback } = HOOKS[hook];
    const call = handler as (...args: unknown[]) => unknown;
    if (kind === 'AsyncSeriesBail' || kind === 'AsyncSeries') {
      return (...args: unknown[]) => this.#settle(() => call(...args), args, fallback, { plugin, hook });
    }
    // A handler on the hot path that always fails would fill the log: once says it.
    let said = false;
    return (...args: unknown[]) => {
      try {
        return call(...args) ?? undefined;
      } catch (cause) {
        if (!said) this.#logger.error({ plugin, hook, err: cause }, `${hook} of plugin '${plugin}' failed`);
        said = true;
        return fallback;
      }
    };
  }

  /** Resolves when nothing of the plugins' runs any more that was called through this guard. */
  async idle(): Promise<void> {
    if (this.#busy === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenIdle.push(resolve);
    await promise;
  }

  /** A command's code as the kernel calls it. */
  command<Call extends { readonly session: Session }>(
    plugin: string,
    command: string,
    run: (call: Call) => Reply | Promise<Reply>,
  ): (call: Call) => Promise<Reply> {
    return (call) => this.#settle(() => run(call), [call.session], refuse('internal'), { plugin, command });
  }

  async #settle<T>(
    call: () => T | Promise<T>,
    args: readonly unknown[],
    fallback: Awaited<T>,
    what: { plugin: string; hook?: string; command?: string },
  ): Promise<Awaited<T> | undefined> {
    this.#busy++;
    try {
      const result = call();
      // Null means "no decision" to people, and a decision to tapable.
      return (isPromise(result) ? await this.#inTime(result, args[0]) : (result as Awaited<T>)) ?? undefined;
    } catch (cause) {
      if (cause instanceof SessionEnded || cause instanceof StartedOver) throw cause;
      const name = what.hook ?? `command '${what.command}'`;
      this.#logger.error({ ...what, err: cause }, `${name} of plugin '${what.plugin}' failed`);
      return fallback;
    } finally {
      if (--this.#busy === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  #inTime<T>(work: PromiseLike<T>, first: unknown): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const running: Running = {
      left: this.#time,
      session: first instanceof Session ? first : undefined,
      stop: () => reject(new Error(`it took longer than ${this.#time} ms (limits.handlerTime)`)),
    };
    this.#running.add(running);
    this.#cancelLook ??= this.#clock.after(this.#time / LOOKS, this.#look);
    work.then(resolve, reject).then(() => this.#running.delete(running));
    return promise;
  }

  /** One timer for all that run, where a timer each would cost more than most handlers. */
  #look = (): void => {
    for (const running of this.#running) {
      if (running.session?.asking) continue;
      running.left -= this.#time / LOOKS;
      if (running.left > 0) continue;
      this.#running.delete(running);
      running.stop();
    }
    this.#cancelLook = this.#running.size > 0 ? this.#clock.after(this.#time / LOOKS, this.#look) : undefined;
  };
}

function isPromise(value: unknown): value is PromiseLike<never> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
