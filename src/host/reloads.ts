import type { Logger } from '../api/logger.ts';
import type { Difference } from '../services/plugins.ts';
import { ConfigErrors } from './config-errors.ts';
import { errorOf } from './thrown.ts';

/** Runs reloads one after the other, and logs how each ended. */
export class Reloads {
  readonly #logger: Logger;
  #last: Promise<void> = Promise.resolve();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Resolves when the last reload so far has ended. */
  get ended(): Promise<void> {
    return this.#last;
  }

  /** @returns what `reload` returns @throws what it throws */
  run(reload: () => Promise<Difference>): Promise<Difference> {
    const reloading = this.#last.then(reload);
    this.#last = reloading.then(
      ({ added, removed, changed }) => {
        const names = changed.map(({ name }) => name);
        this.#logger.info({ event: 'reload', added, removed, changed: names }, 'reloaded');
      },
      (thrown: unknown) => {
        const why = thrown instanceof ConfigErrors ? { errors: thrown.sentences } : { err: errorOf(thrown) };
        this.#logger.error({ event: 'reload-failure', ...why }, 'not reloaded: nothing was changed');
      },
    );
    return reloading;
  }
}
