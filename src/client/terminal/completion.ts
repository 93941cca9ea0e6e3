import type { KnownCommand } from '../owner.ts';
import { commandsOr, ownCommands } from './words.ts';

/** What Tab does to what stands before the cursor: the text with what is certain added, and what it may still become. */
export interface Completion {
  readonly before: string;
  readonly choices: readonly string[];
}

/** Completes the last word before the cursor: a command where it is the first, a user who is online everywhere; where none is begun, such a user. */
export function completed(before: string, learned: readonly KnownCommand[], online: readonly string[]): Completion {
  const [, rest = '', mark = '', word = ''] = /^((?:.*[\s(])?)([/@]?)([^\s(]*)$/s.exec(before) ?? [];
  const first = rest.trim() === '';
  const all = [...ownCommands(learned), ...commandsOr(learned)];
  const commands = first && mark !== '@' ? all.flatMap(({ name, aliases }) => [name, ...aliases]) : [];
  const names = mark === '/' && first ? [] : online;
  const folded = word.toLowerCase();
  const fits = (candidate: string) => candidate.toLowerCase().startsWith(folded);
  const choices = [...new Set([...commands.filter(fits), ...names.filter(fits)])].sort();
  const [only] = choices;
  if (only === undefined || (first && word + mark === '')) return { before, choices: [] };
  if (choices.length === 1) return { before: `${rest}${mark}${only} `, choices: [] };
  return { before: `${rest}${mark}${commonStart(choices, word)}`, choices };
}

/** What all begin with, letter case aside; at least what was typed. */
function commonStart(choices: readonly string[], typed: string): string {
  const [first = ''] = choices;
  let length = first.length;
  const alike = (choice: string) => choice.slice(0, length).toLowerCase() === first.slice(0, length).toLowerCase();
  while (length > typed.length && !choices.every(alike)) length--;
  return length > typed.length ? first.slice(0, length) : typed;
}
