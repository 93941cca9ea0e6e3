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

/** The kinds of arguments that can be a room. */
const ROOMS: ReadonlySet<ParamKind> = new Set(['room', 'place', 'users']);

/** The kinds of arguments that cannot be a user name. */
const NAMELESS: ReadonlySet<ParamKind> = new Set(['integer', 'number', 'duration', 'choice', 'room']);

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
  const [, rest = '', mark = '', word = ''] = /^((?:.*[\s(])?)([/@]?)([^\s(]*)$/s.exec(before) ?? [];
  const first = rest.trim() === '';
  const all = [...ownCommands(learned), ...commandsOr(learned)];
  const commands = first && mark !== '@' ? all.flatMap(({ name, aliases }) => [name, ...aliases]) : [];
  const params = first || mark !== '' ? undefined : paramsOf(rest, all);
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

/** The arguments that may come next on a line; undefined if its command declares none. */
function paramsOf(line: string, commands: readonly KnownCommand[]): readonly ParamShape[] | undefined {
  const [, word = '', rest = ''] = /^\s*\/?(\S+)\s(.*)$/s.exec(line) ?? [];
  const params = commandOf(word, commands)?.params;
  return params && paramsAt(params, rest);
}

/** The common prefix of all choices, ignoring case; at least what was typed. */
function commonStart(choices: readonly string[], typed: string): string {
  const [first = ''] = choices;
  let length = first.length;
  const alike = (choice: string) => choice.slice(0, length).toLowerCase() === first.slice(0, length).toLowerCase();
  while (length > typed.length && !choices.every(alike)) length--;
  return length > typed.length ? first.slice(0, length) : typed;
}
