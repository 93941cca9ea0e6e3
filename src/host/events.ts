import type { Logger } from '../api/logger.ts';
import { NamedCounts } from './named-counts.ts';

/** Counts how often each event of the log happened, whatever the log's level. */
export class Events {
  readonly #counts = new NamedCounts();

  /** A logger that counts events and passes them on. */
  counted(logger: Logger): Logger {
    return {
      debug: (facts, text) => logger.debug(this.#count(facts), text),
      info: (facts, text) => logger.info(this.#count(facts), text),
      warn: (facts, text) => logger.warn(this.#count(facts), text),
      error: (facts, text) => logger.error(this.#count(facts), text),
    };
  }

  /** How often each event happened; those that never did are left out. */
  read(): Record<string, number> {
    return this.#counts.read();
  }

  #count(facts: object): object {
    const { event } = facts as { readonly event?: unknown };
    if (typeof event === 'string') this.#counts.count(event);
    return facts;
  }
}
