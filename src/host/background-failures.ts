import type { Logger } from '../api/logger.ts';
import { DialogueOver } from '../kernel/errors.ts';
import { type Culprit, culpritOf } from './culprit.ts';
import type { Generation } from './generation.ts';
import { placeText } from './place.ts';
import { errorOf } from './thrown.ts';

/** What handling such a failure needs. */
interface Context {
  readonly logger: Logger;
  /** The folder of the config, to which files are named relative. */
  folder(): string;
  /** The live generation; undefined while the server starts. */
  generation(): Generation | undefined;
}

/** Logs errors outside any call by the host, such as in timers, and counts them for the plugins that they came from. */
export class BackgroundFailures {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** An error that nothing caught. */
  uncaught(thrown: unknown): void {
    const err = errorOf(thrown);
    // A plugin asked a client something without awaiting the answer, and the client has left.
    if (!(err instanceof DialogueOver)) this.#report(err, culpritOf(err));
  }

  /** An error in something that a plugin started. */
  ofPlugin(plugin: string, thrown: unknown): void {
    this.#report(thrown, { ...culpritOf(thrown), plugin });
  }

  #report(thrown: unknown, { plugin, place }: Culprit): void {
    const { logger, folder, generation } = this.#context;
    const about = { ...(place && { where: placeText(place, folder()) }), err: errorOf(thrown) };
    if (plugin === undefined) {
      const text = 'uncaught exception, not from a plugin: the server continues; restart it when you can';
      logger.error({ event: 'internal-error', ...about }, text);
      return;
    }
    logger.error({ event: 'plugin-error', plugin, ...about }, `plugin '${plugin}' failed in the background`);
    generation()?.countBackgroundFailure(plugin);
  }
}
