import { paramsAt } from '../../params/arguments.ts';
import type { ParamKind, ParamShape } from '../../params/kinds.ts';
import { commandOf } from '../commands.ts';
import type { KnownCommand } from '../owner.ts';
import { commandsOr, ownCommands } from './words.ts';

/** What Tab does to what stands before the cursor: the text with what is certain added, and what it may still become. */
export interface Completion {
  readonly before: string;
  readonly choices: readonly string[];
}

/** What no user name completes. */
const NAMELESS: ReadonlySet<ParamKind> = new Set(['integer', 'number', 'duration', 'choice', 'room']);

/**
 * Completes the last word before the cursor: a command where it is the first, and after it what the command takes there,
 * or else a user who is online.
 */
export function completed(before: string, learned: readonly KnownCommand[], online: readonly string[]): Completion {
  const [, rest = '', mark = '', word = ''] = /^((?:.*[\s(])?)([/@]?)([^\s(]*)$/s.exec(before) ?? [];
  const first = rest.trim() === '';
  const all = [...ownCommands(learned), ...commandsOr(learned)];
  const commands = first && mark !== '@' ? all.flatMap(({ name, aliases }) => [name, ...aliases]) : [];
  const params = first || mark !== '' ? undefined : paramsOf(rest, all);
  const words = params?.flatMap(({ choices = [] }) => choices) ?? [];
  const takesName = params === undefined || params.some(({ kind }) => !NAMELESS.has(kind));
  const names = (mark === '/' && first) || !takesName ? [] : online;
  const folded = word.toLowerCase();
  const fits = (candidate: string) => candidate.toLowerCase().startsWith(folded);
  const choices = [...new Set([...commands, ...words, ...names].filter(fits))].sort();
  const [only] = choices;
  if (only === undefined || (first && word + mark === '')) return { before, choices: [] };
  if (choices.length === 1) return { before: `${rest}${mark}${only} `, choices: [] };
  return { before: `${rest}${mark}${commonStart(choices, word)}`, choices };
}

/** What the command of a line takes after what is written of it; undefined where it is none that declares it. */
function paramsOf(line: string, commands: readonly KnownCommand[]): readonly ParamShape[] | undefined {
  const [, word = '', rest = ''] = /^\s*\/?(\S+)\s(.*)$/s.exec(line) ?? [];
  const params = commandOf(word, commands)?.params;
  return params && paramsAt(params, rest);
}

/** What all begin with, letter case aside; at least what was typed. */
function commonStart(choices: readonly string[], typed: string): string {
  const [first = ''] = choices;
  let length = first.length;
  const alike = (choice: string) => choice.slice(0, length).toLowerCase() === first.slice(0, length).toLowerCase();
  while (length > typed.length && !choices.every(alike)) length--;
  return length > typed.length ? first.slice(0, length) : typed;
}
