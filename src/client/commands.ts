import { nearest } from '../usernames/nearest.ts';
import type { KnownCommand } from './owner.ts';

/** The command that a word calls, by its name or an alias. */
export function commandOf(word: string, commands: readonly KnownCommand[]): KnownCommand | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** The words of commands that a misspelt one may have meant, at most three, the likeliest first. */
export function wordsLike(word: string, commands: readonly KnownCommand[]): string[] {
  return nearest(word, new Set(commands.flatMap(({ name, aliases }) => [name, ...aliases])));
}
