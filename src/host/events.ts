import type { Logger } from '../kernel/logger.ts';

/** How an event is called, in lower-case words with hyphens. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** How many events are told apart. */
const NAMES = 200;

/** Counts how often each event of the log happened, also those that the log's level leaves out. */
export class Events {
  readonly #counts = new Map<string, number>();

  /** A logger that counts, and passes on. */
  counted(logger: Logger): Logger {
    return {
      debug: (facts, text) => logger.debug(this.#count(facts), text),
      info: (facts, text) => logger.info(this.#count(facts), text),
      warn: (facts, text) => logger.warn(this.#count(facts), text),
      error: (facts, text) => logger.error(this.#count(facts), text),
    };
  }

  /** How often each happened; those that never did are not there. */
  read(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  #count(facts: object): object {
    const { event } = facts as { readonly event?: unknown };
    if (typeof event !== 'string') return facts;
    const count = this.#counts.get(event);
    // A name that is made of what a client sent must not make the counts grow without end.
    if (count !== undefined || (this.#counts.size < NAMES && NAME.test(event))) {
      this.#counts.set(event, (count ?? 0) + 1);
    }
    return facts;
  }
}
