import type { SteadyClock } from '../api/clock.ts';
import type { Logger } from '../api/logger.ts';
import type { Limits } from './limits.ts';
import { OperationalError } from './operational-error.ts';

/** A plugin's health in this generation. */
export interface Health {
  /** When it failed recently, in monotonic milliseconds. */
  failures: number[];
  /** Whether it failed so often that it is no longer called. */
  quarantined: boolean;
}

/** What quarantine depends on. */
export interface HealthContext {
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly limits: Pick<Limits, 'quarantineAfter' | 'quarantineTime'>;
}

/** Counts the failures of plugins, and quarantines those that fail too often. */
export class PluginHealth {
  readonly #clock: SteadyClock;
  readonly #logger: Logger;
  readonly #limits: HealthContext['limits'];
  readonly #plugins = new Map<string, Health>();

  constructor({ clock, logger, limits }: HealthContext) {
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
  }

  /** A plugin's health: always the same object, so that callers need not look it up again. */
  of(plugin: string): Health {
    const health = this.#plugins.get(plugin) ?? { failures: [], quarantined: false };
    this.#plugins.set(plugin, health);
    return health;
  }

  /** Notes a failure. */
  failed(plugin: string, cause?: Error): void {
    const { quarantineAfter: most, quarantineTime: time } = this.#limits;
    // An operational error, such as a full disk, is not the plugin's fault, and a quarantine would outlast it.
    if (most === 0 || cause instanceof OperationalError) return;
    const now = this.#clock.monotonic();
    const health = this.of(plugin);
    health.failures = [...health.failures, now].filter((at) => at > now - time);
    if (health.failures.length < most || health.quarantined) return;
    health.quarantined = true;
    const often = `${health.failures.length} times within ${time} ms`;
    const facts = { event: 'quarantine', plugin };
    this.#logger.error(facts, `plugin '${plugin}' failed ${often} and is no longer called until a reload`);
  }
}
