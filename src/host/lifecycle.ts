import type { Clock } from '../api/clock.ts';
import type { Logger } from '../api/logger.ts';
import type { CallWatcher } from './call-watcher.ts';
import { systemClock } from './clock.ts';
import { runnerOf } from './current.ts';
import { LIMITS, type Limits } from './limits.ts';
import { errorOf } from './thrown.ts';

/** A phase of a plugin's life, in which the host calls its code. */
export type Phase = 'its module' | 'its options' | 'setup' | 'start' | 'stop' | 'dispose' | 'closing its hot state';

/** The phases that come before serving. */
const BEGINNINGS: ReadonlySet<Phase> = new Set(['its module', 'its options', 'setup', 'start']);

const STOPPING = 'the server is stopping';

/** What phases depend on. */
export interface LifecycleSetting {
  readonly limits?: Pick<Limits, 'setupTime' | 'stopTime'>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly watchdog?: CallWatcher | undefined;
  /** Aborted when the server is to stop: no phase begins any more. */
  readonly stopping?: AbortSignal | undefined;
}

/**
 * Waits for a promise within a time limit.
 * @param option the option that sets the limit, for the error
 * @param stopping ends the wait
 * @throws what it rejects with, or when it takes too long; its later result is ignored
 */
export async function inTime<T>(
  work: Promise<T>,
  clock: Clock,
  time: number,
  option: string,
  stopping?: AbortSignal,
): Promise<T> {
  const { promise: early, reject } = Promise.withResolvers<never>();
  const stopped = () => reject(new Error(STOPPING));
  const cancel = clock.after(time, () => reject(new Error(`it took longer than ${time} ms (${option})`)));
  stopping?.addEventListener('abort', stopped);
  try {
    return await Promise.race([early, work]);
  } finally {
    cancel();
    stopping?.removeEventListener('abort', stopped);
  }
}

/** Calls plugins through the phases of their lives, each within its time limit. */
export class Lifecycle {
  readonly #limits: Pick<Limits, 'setupTime' | 'stopTime'>;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #watchdog: CallWatcher | undefined;
  readonly #stopping: AbortSignal | undefined;

  constructor({ limits = LIMITS, clock = systemClock, logger, watchdog, stopping }: LifecycleSetting = {}) {
    this.#limits = limits;
    this.#clock = clock;
    this.#logger = logger;
    this.#watchdog = watchdog;
    this.#stopping = stopping;
  }

  /**
   * Runs a phase.
   * @param plugin its name, or its key in the config
   * @param patient whether it has no time limit
   * @throws the plugin's error, or when it takes too long or the server is to stop; the plugin's code is not interrupted
   */
  async run<T>(plugin: string, phase: Phase, call: () => T | PromiseLike<T>, patient = false): Promise<T> {
    const begins = BEGINNINGS.has(phase);
    const option = begins ? 'setupTime' : 'stopTime';
    const stopping = begins ? this.#stopping : undefined;
    if (stopping?.aborted) throw new Error(STOPPING);
    const work = new Promise<T>((resolve) => resolve(this.#call(plugin, phase, call)));
    const time = patient ? Number.POSITIVE_INFINITY : this.#limits[option];
    try {
      return await inTime(work, this.#clock, time, `limits.${option}`, stopping);
    } catch (thrown) {
      const err = errorOf(thrown);
      this.#logger?.debug({ event: 'phase-failure', plugin, phase, err }, `plugin '${plugin}' failed in ${phase}`);
      throw err;
    } finally {
      if (phase === 'its module') this.#watchdog?.enter(0);
    }
  }

  /** Runs a phase and logs a failure. */
  async runQuietly(plugin: string, phase: Phase, call: (() => unknown) | undefined): Promise<void> {
    if (call === undefined) return;
    try {
      await this.run(plugin, phase, call);
    } catch (err) {
      this.#logger?.error({ event: 'plugin-error', plugin, phase, err }, `plugin '${plugin}' failed in ${phase}`);
    }
  }

  /** Calls a plugin's code under the watchdog until its first await; a module, which Node reads first, until it is loaded. */
  #call<T>(plugin: string, phase: Phase, call: () => T | PromiseLike<T>): T | PromiseLike<T> {
    const outer = this.#watchdog?.enter(this.#watchdog.idOf(plugin, phase)) ?? 0;
    try {
      return runnerOf(plugin)(call);
    } finally {
      if (phase !== 'its module') this.#watchdog?.enter(outer);
    }
  }
}
