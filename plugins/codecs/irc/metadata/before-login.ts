import type { Client } from '../client.ts';
import type { DraftMessage } from '../wire/message.ts';
import { isFull, standardReply, subcommandOf } from './subcommands.ts';
import { NO_VALUES, type Values, withValue } from './values.ts';

/** What a client that is not logged in yet sets of itself: `before-connect` of the IRCv3 draft `metadata-3`. */
export class EarlyMetadata {
  readonly #client: Client;
  #values = NO_VALUES;

  constructor(client: Client) {
    this.#client = client;
  }

  /** What it has set so far. */
  get values(): Values {
    return this.#values;
  }

  /** Answers a `METADATA`, whose only target is the client itself. */
  answer([target = '*', word = '', ...params]: readonly string[]): readonly DraftMessage[] {
    const subcommand = subcommandOf(word, params);
    if (!('run' in subcommand)) return [subcommand];
    if (target !== '*') return [standardReply('FAIL', 'INVALID_TARGET', [target], 'Log in first')];
    const { lines, after } = subcommand.run({ client: this.#client, target, values: this.#values, params });
    this.#values = after ?? this.#values;
    return lines;
  }

  /** Adds what was set to the metadata of the account, as far as it has room for it. */
  addTo(before: Values): Values {
    let after = before;
    for (const [key, value] of this.#values)
      if (!isFull(this.#client, after, key)) after = withValue(after, key, value);
    return after;
  }
}
