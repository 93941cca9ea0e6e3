import type { Account } from 'chatserv';
import type { Client } from '../client.ts';
import { ownWords } from '../messages/own-words.ts';
import type { DraftMessage } from '../wire/message.ts';
import { isFull, standardReply, subcommandOf } from './subcommands.ts';
import { NO_VALUES, withValue } from './values.ts';

/** What a client that is not logged in yet sets of itself: `before-connect` of the IRCv3 draft `metadata-3`. */
export class EarlyMetadata {
  readonly #client: Client;
  #values = NO_VALUES;

  constructor(client: Client) {
    this.#client = client;
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

  /** Adds what was set to the metadata of the account, as far as it has room for it, and may say so. */
  async save({ id, name }: Account): Promise<void> {
    const { irc } = this.#client;
    const said = new Map<string, string>();
    for (const [key, value] of this.#values) {
      const text = await ownWords(irc, { id, name }, value);
      if (typeof text === 'string') said.set(key, text);
    }
    if (said.size === 0) return;
    await irc.metadata.change({ kind: 'account', id }, (before) => {
      let after = before;
      for (const [key, value] of said) if (!isFull(this.#client, after, key)) after = withValue(after, key, value);
      return after;
    });
  }
}
