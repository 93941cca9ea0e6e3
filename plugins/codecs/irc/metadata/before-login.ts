import type { Client } from '../client.ts';
import type { DraftMessage } from '../wire/message.ts';
import { keyLine } from './lines.ts';
import {
  clearedLines,
  getLines,
  isFull,
  listLines,
  standardReply,
  subscribe,
  subscriptionLines,
  tooManyKeys,
  unsubscribe,
  valueObjection,
} from './requests.ts';
import { type Values, withValue } from './values.ts';

/** What a client that is not logged in yet sets of itself. */
export class EarlyMetadata {
  readonly #client: Client;
  #values: Values = new Map();

  constructor(client: Client) {
    this.#client = client;
  }

  /** What it has set so far. */
  get values(): Values {
    return this.#values;
  }

  /** Answers a `METADATA`. */
  answer([target = '*', subcommand = '*', ...rest]: readonly string[]): DraftMessage[] {
    const client = this.#client;
    const [key = '', value = ''] = rest;
    if (target !== '*') return [standardReply('FAIL', 'INVALID_TARGET', [target], 'Log in first')];
    switch (subcommand.toUpperCase()) {
      case 'GET':
        return getLines(client, target, this.#values, rest);
      case 'LIST':
        return listLines(client, target, this.#values);
      case 'SET':
        return [this.#set(key, value)];
      case 'CLEAR': {
        const cleared = this.#values;
        this.#values = new Map();
        return clearedLines(client, target, cleared);
      }
      case 'SUB':
        return subscribe(client, rest);
      case 'UNSUB':
        return unsubscribe(client, rest);
      case 'SUBS':
        return subscriptionLines(client);
      default:
        return [standardReply('FAIL', 'INVALID_PARAMS', [subcommand], 'There is no such subcommand before the login')];
    }
  }

  #set(key: string, value: string): DraftMessage {
    const client = this.#client;
    const objection = valueObjection(client, key, value);
    if (objection !== undefined) return objection;
    if (value !== '' && isFull(client, this.#values, key)) return tooManyKeys(client, '*');
    this.#values = withValue(this.#values, key, value);
    return keyLine(client, '*', key, this.#values.get(key));
  }

  /** Adds what was set to the metadata of the account, as far as it has room for it. */
  addTo(before: Values): Values {
    let after = before;
    for (const [key, value] of this.#values)
      if (!isFull(this.#client, after, key)) after = withValue(after, key, value);
    return after;
  }
}
