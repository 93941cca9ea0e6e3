import type { MessageLog } from 'chatserv';
import type { DraftMessage } from '../wire/message.ts';
import { firstWhere, NO_ID } from './search.ts';

/** The most messages that a client is sent at once. */
export const HISTORY_MOST = 200;

/** Where in a room a client wants to read. */
export interface Reference {
  /** What comes before it has ids below this one. */
  readonly below: number;
  /** What comes after it has ids above this one. */
  readonly above: number;
}

/** What a client wrote: an id, or a time in milliseconds since 1970. */
export type Written = { readonly id: number } | { readonly time: number };

/** An id that is in no log, such as that of tags which are not kept. */
export const UNKNOWN: Written = { id: 0 };

/** How clients write a time. */
export const TIME_FORM = 'timestamp=2026-11-23T20:15:04.123Z';

/** @returns undefined if it is neither `msgid=` and an id nor `timestamp=` and a time */
export function parseReference(text: string): Written | undefined {
  const [, id] = /^msgid=(\S+)$/.exec(text) ?? [];
  if (id !== undefined) return /^[1-9]\d{0,14}$/.test(id) ? { id: Number(id) } : UNKNOWN;
  const time = parseTimestamp(text);
  return time === undefined ? undefined : { time };
}

/** @returns undefined if it is not `timestamp=` and a time; the time is in milliseconds since 1970 */
export function parseTimestamp(text: string): number | undefined {
  const [, given = ''] = /^timestamp=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)$/.exec(text) ?? [];
  const time = Date.parse(given);
  return Number.isNaN(time) ? undefined : time;
}

/** Writes a time as `timestamp=2026-11-23T20:15:04.123Z`. */
function timestamp(time: number): string {
  return `timestamp=${new Date(time).toISOString()}`;
}

/** A `MARKREAD` line. @param time up to when the target was read; 0 if it was not */
export function markreadLine(target: string, time: number): DraftMessage {
  return { command: 'MARKREAD', params: [target, time === 0 ? '*' : timestamp(time)] };
}

/** Finds where a reference is in a room, whose times ascend. @throws when the log cannot be read */
export async function locate(written: Written, room: number, log: MessageLog): Promise<Reference> {
  if ('id' in written) return { below: written.id, above: written.id };
  const [first, later] = await Promise.all([
    firstWhere(log, room, ({ time }) => time >= written.time),
    firstWhere(log, room, ({ time }) => time > written.time),
  ]);
  return { below: first, above: later === NO_ID ? NO_ID : later - 1 };
}
