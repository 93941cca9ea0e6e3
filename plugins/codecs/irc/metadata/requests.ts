import type { Client } from '../client.ts';
import { batchLines } from '../render/batch-lines.ts';
import type { DraftMessage } from '../wire/message.ts';
import { keyLine, valueLines } from './lines.ts';
import { isKey, type Values } from './values.ts';

/** How many bytes of keys a line has. */
const KEYS_LENGTH = 400;

/** A standard reply about `METADATA`. */
export function standardReply(
  type: 'FAIL' | 'WARN',
  code: string,
  context: readonly string[],
  text: string,
): DraftMessage {
  return { command: type, params: ['METADATA', code, ...context, text] };
}

/** Answers `GET`. */
export function getLines(client: Client, target: string, values: Values, keys: readonly string[]): DraftMessage[] {
  const lines = keys.map((key) => (isKey(key) ? keyLine(client, target, key, values.get(key)) : warnKey(key)));
  return batchLines(client, 'metadata', [target], lines);
}

/** Answers `LIST`. */
export function listLines(client: Client, target: string, values: Values): DraftMessage[] {
  return batchLines(client, 'metadata', [target], valueLines(client, target, values));
}

/** Answers `CLEAR`. @param values that were removed */
export function clearedLines(client: Client, target: string, values: Values): DraftMessage[] {
  const lines = [...values.keys()].map((key) => keyLine(client, target, key, undefined));
  return batchLines(client, 'metadata', [target], lines);
}

/** Why a value cannot be set; undefined if it can. */
export function valueObjection({ irc }: Client, key: string, value: string): DraftMessage | undefined {
  if (!isKey(key)) return standardReply('FAIL', 'INVALID_KEY', [key], 'There is no such key');
  const { maxValueBytes } = irc.options;
  if (Buffer.byteLength(value) <= maxValueBytes) return undefined;
  return standardReply('FAIL', 'INVALID_VALUE', [key], `A value has at most ${maxValueBytes} bytes`);
}

/** Whether another key is one too many. */
export function isFull({ irc }: Client, values: Values, key: string): boolean {
  return !values.has(key) && values.size >= irc.options.maxKeys;
}

/** Says that a target has as many keys as it may have. */
export function tooManyKeys({ irc }: Client, target: string): DraftMessage {
  const most = String(irc.options.maxKeys);
  return standardReply('FAIL', 'LIMIT_REACHED', ['SET', target, most], 'Remove another key first');
}

/** Answers `SUB`. */
export function subscribe(client: Client, keys: readonly string[]): DraftMessage[] {
  const { subscriptions, irc } = client;
  const most = irc.options.maxSubscriptions;
  const done: string[] = [];
  const refused: DraftMessage[] = [];
  for (const key of keys) {
    if (!isKey(key)) {
      refused.push(warnKey(key));
    } else if (!subscriptions.has(key) && subscriptions.size >= most) {
      refused.push(standardReply('FAIL', 'LIMIT_REACHED', ['SUB', key, String(most)], 'Unsubscribe from another key'));
      break;
    } else {
      subscriptions.add(key);
      done.push(key);
    }
  }
  return [...keysLines(client, 'RPL_METADATASUBOK', done), ...refused];
}

/** Answers `UNSUB`. */
export function unsubscribe(client: Client, keys: readonly string[]): DraftMessage[] {
  const known = keys.filter(isKey);
  for (const key of known) client.subscriptions.delete(key);
  const refused = keys.filter((key) => !isKey(key)).map(warnKey);
  return [...keysLines(client, 'RPL_METADATAUNSUBOK', known), ...refused];
}

/** Answers `SUBS`. */
export function subscriptionLines(client: Client): DraftMessage[] {
  return batchLines(client, 'metadata-subs', [], keysLines(client, 'RPL_METADATASUBS', [...client.subscriptions]));
}

function warnKey(key: string): DraftMessage {
  return standardReply('WARN', 'INVALID_KEY', [key], 'There is no such key');
}

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
