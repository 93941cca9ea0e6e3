import { paramsAt } from '../../params/arguments.ts';
import type { ParamKind, ParamShape } from '../../params/kinds.ts';
import { commandOf } from '../commands.ts';
import type { KnownCommand } from '../owner.ts';
import { commandsOr, ownCommands } from './parsed-line.ts';

/** The result of Tab: the text before the cursor, completed as far as it is certain, and the choices left. */
export interface Completion {
  readonly before: string;
  readonly choices: readonly string[];
}

/** The last word before the cursor. */
export interface LastWord {
  /** What is before it. */
  readonly rest: string;
  /** A `/` or `@` at its start. */
  readonly mark: string;
  readonly word: string;
  /** The arguments that it may be; undefined if it is the first word, or the command declares none. */
  readonly params: readonly ParamShape[] | undefined;
}

/** The kinds of arguments that can be a room. */
const ROOMS: ReadonlySet<ParamKind> = new Set(['room', 'place', 'users']);

/** The kinds of arguments that cannot be a user name. */
const NAMELESS: ReadonlySet<ParamKind> = new Set(['integer', 'number', 'duration', 'choice', 'room', 'message']);

/** Finds the last word of a line. @param learned the commands of the server */
export function lastWord(before: string, learned: readonly KnownCommand[]): LastWord {
  const [, rest = '', mark = '', word = ''] = /^((?:.*[\s(])?)([/@]?)([^\s(]*)$/s.exec(before) ?? [];
  const [, called = '', given = ''] = /^\s*\/?(\S+)\s(.*)$/s.exec(rest) ?? [];
  const params = mark === '' ? commandOf(called, [...ownCommands(learned), ...commandsOr(learned)])?.params : undefined;
  return { rest, mark, word, params: params && paramsAt(params, given) };
}

/**
 * Completes the last word before the cursor: a command if it is the first, otherwise what the command takes there, or a
 * user who is online, or one of the rooms.
 */
export function completed(
  before: string,
  learned: readonly KnownCommand[],
  online: readonly string[],
  rooms: readonly string[] = [],
): Completion {
  const { rest, mark, word, params } = lastWord(before, learned);
  const first = rest.trim() === '';
  const all = [...ownCommands(learned), ...commandsOr(learned)];
  const commands = first && mark !== '@' ? all.flatMap(({ name, aliases }) => [name, ...aliases]) : [];
  const words = params?.flatMap(({ choices = [] }) => choices) ?? [];
  const takesName = params === undefined || params.some(({ kind }) => !NAMELESS.has(kind));
  const takesRoom = params === undefined ? word.startsWith('#') : params.some(({ kind }) => ROOMS.has(kind));
  const names = (mark === '/' && first) || !takesName ? [] : online;
  const places = mark === '' && takesRoom ? rooms : [];
  const folded = word.toLowerCase();
  const fits = (candidate: string) => candidate.toLowerCase().startsWith(folded);
  const choices = [...new Set([...commands, ...words, ...names, ...places].filter(fits))].sort();
  const [only] = choices;
  if (only === undefined || (first && word + mark === '')) return { before, choices: [] };
  if (choices.length === 1) return { before: `${rest}${mark}${only} `, choices: [] };
  return { before: `${rest}${mark}${commonStart(choices, word)}`, choices };
}

/** The common prefix of all choices, ignoring case; at least what was typed. */
function commonStart(choices: readonly string[], typed: string): string {
  const [first = ''] = choices;
  let length = first.length;
  const alike = (choice: string) => choice.slice(0, length).toLowerCase() === first.slice(0, length).toLowerCase();
  while (length > typed.length && !choices.every(alike)) length--;
  return length > typed.length ? first.slice(0, length) : typed;
}
