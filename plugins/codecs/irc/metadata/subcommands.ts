import type { Client } from '../client.ts';
import { batchLines } from '../render/batch-lines.ts';
import type { DraftMessage } from '../wire/message.ts';
import { channelBatch, keyLine, valueLines } from './lines.ts';
import { isKey, NO_VALUES, type Values, withValue } from './values.ts';

/** How many bytes of keys a line has. */
const KEYS_LENGTH = 400;

/** A `METADATA` line about a user or a channel. */
export interface MetadataRequest {
  readonly client: Client;
  /** The user or the channel, as the client is told of it. */
  readonly target: string;
  /** Its metadata. */
  readonly values: Values;
  /** What follows the subcommand. */
  readonly params: readonly string[];
}

/** The answer to a request. */
export interface MetadataAnswer {
  readonly lines: readonly DraftMessage[];
  /** The metadata of the target from now on, if the request changes it. */
  readonly after?: Values;
}

/** A subcommand of `METADATA`. */
export interface MetadataSubcommand {
  /** The fewest parameters. */
  readonly least: number;
  /** Whether it reads or changes the target, or is about what the client itself subscribes to. */
  readonly about: 'reading' | 'changing' | 'subscriptions';
  readonly run: (request: MetadataRequest) => MetadataAnswer;
}

/** The subcommands of the IRCv3 draft `metadata-3`, the same before the login and after it. */
export const SUBCOMMANDS = {
  GET: { least: 1, about: 'reading', run: get },
  LIST: {
    least: 0,
    about: 'reading',
    run: ({ client, target, values }) => ({ lines: listLines(client, target, values) }),
  },
  SYNC: { least: 0, about: 'reading', run: sync },
  SET: { least: 1, about: 'changing', run: set },
  CLEAR: { least: 0, about: 'changing', run: clear },
  SUB: { least: 1, about: 'subscriptions', run: subscribe },
  UNSUB: { least: 1, about: 'subscriptions', run: unsubscribe },
  SUBS: { least: 0, about: 'subscriptions', run: subscriptions },
} as const satisfies Readonly<Record<string, MetadataSubcommand>>;

/** Finds a subcommand by its word. @returns it, or why it cannot be run with these parameters, as a line */
export function subcommandOf(word: string, params: readonly string[]): MetadataSubcommand | DraftMessage {
  const key = word.toUpperCase();
  if (!isSubcommand(key)) return invalid(word, 'There is no such subcommand');
  const subcommand = SUBCOMMANDS[key];
  return params.length < subcommand.least ? invalid(word, 'Not enough parameters') : subcommand;
}

/** A standard reply about `METADATA`. */
export function standardReply(
  type: 'FAIL' | 'WARN',
  code: string,
  context: readonly string[],
  text: string,
): DraftMessage {
  return { command: type, params: ['METADATA', code, ...context, text] };
}

/** All metadata of a user or a channel, in a batch. */
export function listLines(client: Client, target: string, values: Values): DraftMessage[] {
  return batchLines(client, 'metadata', [target], valueLines(client, target, values));
}

/** Whether another key is one too many. */
export function isFull({ irc }: Client, values: Values, key: string): boolean {
  return !values.has(key) && values.size >= irc.options.maxKeys;
}

function get({ client, target, values, params }: MetadataRequest): MetadataAnswer {
  const lines = params.map((key) => (isKey(key) ? keyLine(client, target, key, values.get(key)) : warnKey(key)));
  return { lines: batchLines(client, 'metadata', [target], lines) };
}

function sync({ client, target, values }: MetadataRequest): MetadataAnswer {
  const channel = client.irc.channels.find(target);
  if (channel !== undefined) return { lines: channelBatch(client, channel) };
  return { lines: listLines(client, target, new Map([...values].filter(([key]) => client.subscriptions.has(key)))) };
}

function set({ client, target, values, params: [key = '', value = ''] }: MetadataRequest): MetadataAnswer {
  const { maxKeys, maxValueBytes } = client.irc.options;
  if (!isKey(key)) return refused('INVALID_KEY', [key], 'There is no such key');
  if (Buffer.byteLength(value) > maxValueBytes) {
    return refused('INVALID_VALUE', [key], `A value has at most ${maxValueBytes} bytes`);
  }
  if (value !== '' && isFull(client, values, key)) {
    return refused('LIMIT_REACHED', ['SET', target, String(maxKeys)], 'Remove another key first');
  }
  const after = withValue(values, key, value);
  return { lines: [keyLine(client, target, key, after.get(key))], after };
}

function clear({ client, target, values }: MetadataRequest): MetadataAnswer {
  const lines = [...values.keys()].map((key) => keyLine(client, target, key, undefined));
  return { lines: batchLines(client, 'metadata', [target], lines), after: NO_VALUES };
}

function subscribe({ client, params }: MetadataRequest): MetadataAnswer {
  const { subscriptions: subscribed, irc } = client;
  const most = irc.options.maxSubscriptions;
  const done: string[] = [];
  const refusals: DraftMessage[] = [];
  for (const key of params) {
    if (!isKey(key)) {
      refusals.push(warnKey(key));
    } else if (!subscribed.has(key) && subscribed.size >= most) {
      refusals.push(standardReply('FAIL', 'LIMIT_REACHED', ['SUB', key, String(most)], 'Unsubscribe from another key'));
      break;
    } else {
      subscribed.add(key);
      // Of the targets that it was told of, it lacks this key.
      client.synchronized.clear();
      done.push(key);
    }
  }
  return { lines: [...keysLines(client, 'RPL_METADATASUBOK', done), ...refusals] };
}

function unsubscribe({ client, params }: MetadataRequest): MetadataAnswer {
  const known = params.filter(isKey);
  for (const key of known) client.subscriptions.delete(key);
  const warnings = params.filter((key) => !isKey(key)).map(warnKey);
  return { lines: [...keysLines(client, 'RPL_METADATAUNSUBOK', known), ...warnings] };
}

function subscriptions({ client }: MetadataRequest): MetadataAnswer {
  const lines = keysLines(client, 'RPL_METADATASUBS', [...client.subscriptions]);
  return { lines: batchLines(client, 'metadata-subs', [], lines) };
}

function isSubcommand(word: string): word is keyof typeof SUBCOMMANDS {
  return Object.hasOwn(SUBCOMMANDS, word);
}

function invalid(word: string, why: string): DraftMessage {
  return standardReply('FAIL', 'INVALID_PARAMS', [word || '*'], why);
}

function refused(code: string, context: readonly string[], why: string): MetadataAnswer {
  return { lines: [standardReply('FAIL', code, context, why)] };
}

function warnKey(key: string): DraftMessage {
  return standardReply('WARN', 'INVALID_KEY', [key], 'There is no such key');
}

/** Keys as lines that are not too long. */
function keysLines(
  client: Client,
  numeric: 'RPL_METADATASUBOK' | 'RPL_METADATAUNSUBOK' | 'RPL_METADATASUBS',
  keys: readonly string[],
): DraftMessage[] {
  const lines: string[][] = [];
  for (const key of keys) {
    const line = lines.at(-1);
    if (line !== undefined && [...line, key].join(' ').length <= KEYS_LENGTH) line.push(key);
    else lines.push([key]);
  }
  return lines.map((line) => client.numericLine(numeric, line));
}
