import { blocked, isReason, refuse } from '../api/decisions.ts';
import { withoutControls } from '../api/message.ts';
import { isPromise } from '../hooks/eventual.ts';
import { deviceNameOf } from '../usernames/device-name.ts';

/** What a handler or command may return. Plugins in plain JavaScript have no types that check it. */
export interface Allowed {
  /** In words, for the log. */
  readonly words: string;
  matches(result: unknown): boolean;
}

/** Turns what a handler or command returned into what the kernel accepts. */
export type Reader = (returned: unknown) => unknown;

/** How much of a refusal's sentence is sent, in characters. */
const LONGEST_SENTENCE = 1000;

const USERNAME_CAUSES: ReadonlySet<unknown> = new Set(['username', 'connected', 'registered', 'expired']);

export const REFUSAL: Allowed = { words: 'refuse(reason)', matches: isRefusal };

export const BLOCKED: Allowed = { words: 'blocked(seconds)', matches: isBlocked };

export const ASK_USERNAME: Allowed = {
  words: 'askUsername(because)',
  matches: (result) => isOfKind(result, 'username') && USERNAME_CAUSES.has(result.because),
};

export const ASK_PASSWORD: Allowed = {
  words: 'askPassword(account)',
  matches: (result) => isOfKind(result, 'password') && isAccount(result.account),
};

export const ADMIT: Allowed = {
  words: 'admit(account)',
  matches: (result) => isOfKind(result, 'admit') && isAccount(result.account) && isDevice(result.deviceName),
};

export const LINES: Allowed = { words: 'a line or a list of lines, reply(line, facts)', matches: isWords };

/** What a command may answer, besides undefined, which is an empty line. */
export const ANSWERS: Allowed = oneOf(LINES, REFUSAL);

/** Makes a result of the right kind readable for clients. */
export function readable(result: unknown): unknown {
  if (isRefusal(result)) return readableRefusal(result);
  if (isBlocked(result) && !(Number.isSafeInteger(result.seconds) && result.seconds > 0))
    return blocked(result.seconds);
  return result;
}

/** Makes a refusal readable for clients: the reason becomes one word, and its sentence, if any, one line. */
function readableRefusal(refusal: RefusalLike): unknown {
  const { reason, sentence } = refusal;
  if (isReason(reason) && sentence === undefined) return refusal;
  const line = typeof sentence === 'string' ? withoutControls(sentence.slice(0, LONGEST_SENTENCE)).trim() : '';
  return refuse(isReason(reason) ? String(reason) : undefined, line === '' ? undefined : line);
}

/** The kind of a value. Its text is not shown: it may be a message or a password. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return 'an array';
  if (isPromise(value)) return 'a promise';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 5);
  return keys.length === 0 ? 'an object' : `an object with ${keys.join(', ')}`;
}

/** Everything that one of these allows. */
export function oneOf(...all: readonly Allowed[]): Allowed {
  return {
    words: all.map(({ words }) => words).join(', '),
    matches: (result) => all.some((allowed) => allowed.matches(result)),
  };
}

/** One of these words. */
export function literals(...values: readonly string[]): Allowed {
  const known: ReadonlySet<unknown> = new Set(values);
  return { words: values.map((value) => `'${value}'`).join(', '), matches: (result) => known.has(result) };
}

function isOfKind(value: unknown, kind: string): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === kind;
}

function isAccount(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name } = value as { id?: unknown; name?: unknown };
  return typeof id === 'number' && typeof name === 'string';
}

/** Whether this names a device in the form in which devices are kept, or the default device. */
function isDevice(name: unknown): boolean {
  return name === undefined || name === '' || (typeof name === 'string' && deviceNameOf(name) === name);
}

/** A refusal as a plugin may have built it. */
interface RefusalLike {
  readonly reason: unknown;
  readonly sentence?: unknown;
}

/** Whether this is a refusal, whatever its reason. */
export function isRefusal(value: unknown): value is RefusalLike {
  return isOfKind(value, 'refusal');
}

function isBlocked(value: unknown): value is { readonly seconds: number } {
  return isOfKind(value, 'blocked') && typeof value.seconds === 'number';
}

function isWords(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (Array.isArray(value)) return value.every((line) => typeof line === 'string');
  if (!isOfKind(value, 'reply')) return false;
  const { text, facts } = value;
  return (
    (typeof text === 'string' || Array.isArray(text)) && isWords(text) && typeof facts === 'object' && facts !== null
  );
}
