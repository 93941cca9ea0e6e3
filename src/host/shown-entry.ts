import { type Entry, EVERYONE, isMessage } from '../api/entry.ts';
import type { Message, MessageForm } from '../api/message.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { LiveKind } from '../messages/context.ts';

/** An entry as clients are sent it, for an answer that shows entries of the log. */
export interface ShownEntry {
  /** As a plain line, without its end; undefined where people are sent none, as for one that was redacted. */
  readonly line: string | undefined;
  /** As an event of the JSON protocol; one that was redacted has `redacted` too. */
  readonly event: Readonly<Record<string, unknown>>;
}

/** An entry as clients are sent it; undefined if its plugin hides it from them. */
export function shownEntry(
  { messages }: Kernel,
  kinds: ReadonlyMap<string, LiveKind>,
  entry: Entry,
): ShownEntry | undefined {
  const message = messages.message(entry);
  const kind = kinds.get(entry.kind);
  if (kind?.isShown(entry) === false) return undefined;
  const text = isMessage(entry) ? spoken(message) : kind?.line(entry);
  const event = isMessage(entry) ? messageEvent(message) : entryEvent(entry, message, text);
  if (entry.redacted) return { line: undefined, event: { ...event, redacted: true } };
  return { line: text === undefined ? undefined : plainLine(message.time, text), event };
}

/** A text as a plain line, without its end: `[2026-11-23T20:15:04Z] alice: hello`. */
export function plainLine(time: number, text: string): string {
  return `[${timestamp(time)}] ${text}`;
}

/**
 * A message after its time: `alice: hello`, `#lab alice: hello` or, if it answers one, `bob: (alice: "hello") yes`; an
 * action as `* alice waves`.
 */
export function spoken({ kind, from, roomName, quote, text }: Message): string {
  const said = spokenBy(from.name, quote === undefined ? text : `(${quote}) ${text}`, kind === 'action');
  return roomName === '' ? said : `#${roomName} ${said}`;
}

/** A text with its sender: `alice: hello`, or, if it is an action, `* alice waves`. */
export function spokenBy(name: string, text: string, isAction: boolean): string {
  return isAction ? `* ${name} ${text}` : `${name}: ${text}`;
}

/** A message as an event of the JSON protocol. */
export function messageEvent(message: Message) {
  const { id, kind, room, roomName, seq, from, audience, text, lines, reply, quote, time, repeat } = message;
  const { mentions = [], mentionsAll } = message;
  return {
    type: 'message' as const,
    id,
    from: from.name,
    audience: 'group' in audience ? audience.group : ('named' as const),
    ...(room > EVERYONE && { room }),
    ...(roomName !== '' && { roomName: `#${roomName}` }),
    seq,
    text: lines?.join('\n') ?? text,
    ...(kind !== 'message' && { form: kind as MessageForm }),
    ...(reply !== undefined && { reply }),
    ...(quote !== undefined && { quote }),
    ...(mentions.length > 0 && { mentions: [...mentions] }),
    ...(mentionsAll && { mentionsAll }),
    time: new Date(time).toISOString(),
    repeat,
  };
}

/**
 * An entry that is not a message as an event of the JSON protocol.
 * @param message the same as a message
 * @param line its plugin's line for people, if there is one
 */
export function entryEvent(
  { id, room, seq, kind, version, of, reply, body }: Entry,
  { roomName, from, time, repeat }: Message,
  line: string | undefined,
) {
  const data = body === '' ? null : dataIn(body);
  const where = roomName === '' ? { room, seq } : { room, roomName: `#${roomName}`, seq };
  const about = { from: from.name, of, reply, data, line, time: new Date(time).toISOString(), repeat };
  return { type: 'entry' as const, id, ...where, kind, version, ...about };
}

/** The data of an entry; its body as it is where that is not JSON. */
function dataIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** The last timestamp, for all sessions, since many messages share a second. */
let latest = { second: Number.NaN, text: '' };

/** UTC to the second, as RFC 3339 writes it. */
function timestamp(time: number): string {
  const second = Math.floor(time / 1000);
  if (second !== latest.second) latest = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return latest.text;
}
