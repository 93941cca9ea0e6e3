import type { ParamShapes } from '../params/arguments.ts';
import { isParam, type ParamShape } from '../params/kinds.ts';
import type { ServerEvent } from './json-events.ts';
import type { KnownCommand, KnownRoom } from './owner.ts';

/** An event of an unknown type. */
interface OtherEvent {
  readonly type: 'other';
  readonly event: { readonly type: string };
}

export type ReceivedEvent = ServerEvent | OtherEvent;

const isString = (value: unknown): value is string => typeof value === 'string';
const areStrings = (value: unknown): value is string[] => Array.isArray(value) && value.every(isString);
const isNumber = (value: unknown) => typeof value === 'number';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isTime = (value: unknown) => isString(value) && !Number.isNaN(Date.parse(value));
const orNot = (fits: (value: unknown) => boolean) => (value: unknown) => value === undefined || fits(value);
const isLevel = (value: unknown) => ['all', 'mentions', 'nothing'].includes(value as string);
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of the known types, checked so that a faulty server cannot break a client. */
const FIELDS: Readonly<
  Record<Exclude<ReceivedEvent['type'], 'other'>, Readonly<Record<string, (value: unknown) => boolean>>>
> = {
  ask: { question: isString, because: isString, reason: orNot(isString), secret: orNot(isBoolean) },
  welcome: { name: isString },
  token: { token: isString },
  answer: { command: isString, text: orNot(isString), lines: orNot(areStrings), facts: orNot(isObject) },
  error: { reason: isString, about: isString, message: orNot(isString) },
  message: {
    id: Number.isSafeInteger,
    seq: orNot(isNumber),
    from: isString,
    text: isString,
    quote: orNot(isString),
    mentions: orNot(areStrings),
    mentionsAll: orNot(isBoolean),
    time: isTime,
    repeat: isBoolean,
  },
  entry: {
    id: Number.isSafeInteger,
    room: isNumber,
    seq: orNot(isNumber),
    kind: isString,
    from: isString,
    line: orNot(isString),
    time: isTime,
    repeat: isBoolean,
  },
  presence: { came: areStrings, left: areStrings },
  marker: { room: isNumber, seq: isNumber, unread: isNumber, mentions: isNumber },
  unread: { rooms: isNumber, unread: isNumber, mentions: isNumber },
  notify: { room: isNumber, level: isLevel },
  left: { room: isNumber, roomName: isString },
  renamed: { name: isString },
  commands: {},
  blocked: { seconds: isNumber },
  closing: { reason: isString, seconds: orNot(isNumber) },
};

/** The event on a line; undefined if it is not one. */
export function eventOf(line: string): ReceivedEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return lastWords(line);
  }
  if (!isObject(value)) return undefined;
  const event = value as { type: unknown };
  if (!isString(event.type)) return undefined;
  const fields = Object.hasOwn(FIELDS, event.type) ? FIELDS[event.type as keyof typeof FIELDS] : undefined;
  if (fields === undefined) return { type: 'other', event: event as { type: string } };
  const fits = Object.entries(fields).every(([name, fits]) => fits((value as Record<string, unknown>)[name]));
  return fits ? (value as ReceivedEvent) : undefined;
}

/** A client refused before its first line is told in plain lines: the server cannot know yet that it speaks JSON. */
function lastWords(line: string): ReceivedEvent | undefined {
  const [, reason, blocked] = /^(?:closing:(\S+)|timeout|blocked:(\d+))\r?$/.exec(line) ?? [];
  if (blocked !== undefined) return { type: 'blocked', seconds: Number(blocked) };
  if (reason !== undefined) return { type: 'closing', reason };
  return line.trim() === 'timeout' ? { type: 'closing', reason: 'timeout' } : undefined;
}

/** The names in an answer's facts; none if they are missing. */
export function namesIn(facts: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return areStrings(facts?.names) ? facts.names : [];
}

/** The commands in the facts of an answer to `help`; none if the facts have no commands. */
export function commandsIn(facts: Readonly<Record<string, unknown>> | undefined): readonly KnownCommand[] {
  if (!Array.isArray(facts?.commands)) return [];
  return facts.commands
    .filter(
      (one) =>
        isObject(one) && isString(one.name) && areStrings(one.aliases) && isString(one.usage) && isString(one.summary),
    )
    .map((one) => ({ ...one, params: paramsIn(one.params) }));
}

/** The marker in the facts of an answer to `read`; undefined if the facts have none. */
export function markerIn(facts: Readonly<Record<string, unknown>> | undefined) {
  const { room, seq, unread, hidden = 0, mentions } = facts ?? {};
  const marker = { room, seq, unread, hidden, mentions };
  const isMarker = (value: Record<keyof typeof marker, unknown>): value is Record<keyof typeof marker, number> =>
    Object.values(value).every(isNumber);
  return isMarker(marker) ? marker : undefined;
}

/** A room in the facts of `conversations`. */
export interface ListedRoom extends Omit<KnownRoom, 'id' | 'name' | 'marker'> {
  readonly room: number;
  readonly roomName?: string | undefined;
  /** The number up to which the user has read. */
  readonly seq: number;
  /** The number and the id of the room's last entry. */
  readonly last: number;
  readonly lastId: number;
  /** How many entries past the marker are of users whom the user ignores. */
  readonly hidden?: number | undefined;
}

/** The rooms in the facts of an answer to `conversations`; none if the facts have no rooms. */
export function roomsIn(facts: Readonly<Record<string, unknown>> | undefined): readonly ListedRoom[] {
  if (!Array.isArray(facts?.rooms)) return [];
  return facts.rooms.filter(
    (one): one is ListedRoom =>
      isObject(one) &&
      ['everyone', 'room', 'direct'].includes(one.kind) &&
      [one.room, one.unread, one.mentions, one.seq, one.last, one.lastId].every(isNumber) &&
      orNot(isNumber)(one.hidden) &&
      orNot(isString)(one.roomName) &&
      orNot(areStrings)(one.members) &&
      isLevel(one.level),
  );
}

/** Declared arguments; undefined if there are none, or one is of an unknown kind. */
function paramsIn(params: unknown): ParamShapes | undefined {
  const isNamed = (one: unknown): one is ParamShape & { name: string } => isParam(one) && isString(Object(one).name);
  if (!Array.isArray(params) || !params.every(isNamed)) return undefined;
  return Object.fromEntries(params.map(({ name, ...shape }) => [name, shape]));
}
