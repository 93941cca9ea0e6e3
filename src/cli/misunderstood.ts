import { didYouMean } from '../usernames/nearest.ts';
import { asTyped } from './arguments.ts';

/**
 * What is wrong with a command line, as a sentence.
 * @param message the message of yargs, in English
 * @param words the arguments as yargs was given them
 * @param help the command's help: its usage, commands and options
 */
export function misunderstood(message: string, words: readonly string[], help: string): string {
  const [, unknown] = /^Unknown (?:argument|command)s?: (.*)$/s.exec(message) ?? [];
  if (unknown !== undefined) return unknownWord(unknown, words, help);
  const [, option] = /^Not enough arguments following: (.*)$/s.exec(message) ?? [];
  if (option !== undefined) return `--${option} needs a value.`;
  const [, missing] = /^Not enough non-option/.test(message) ? (/<([a-z]+)>/.exec(help) ?? []) : [];
  if (missing !== undefined) return `The ${missing} is missing.`;
  return asTyped(message)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.?$/, '.');
}

/** Reports the first of the unknown words. */
function unknownWord(unknown: string, words: readonly string[], help: string): string {
  const names = unknown.split(', ');
  const first = words.find((word) => names.includes(word) || names.includes(nameOf(word) ?? '')) ?? unknown;
  const name = nameOf(first);
  if (name !== undefined)
    return `Unknown option '--${name}'.${didYouMean(`--${name}`, known(help, /^ +(--[a-z-]+)/gm))}`;
  const before = words.slice(0, words.indexOf(first)).filter((word) => nameOf(word) === undefined);
  const isCommand = before.every((word) => word === 'user' || word === 'new');
  if (!isCommand) return `Too many arguments: '${asTyped(first)}' is not expected.`;
  return `Unknown command '${asTyped(first)}'.${didYouMean(first, known(help, /^ +chatserv (?:(?:user|new) )?([a-z-]+)/gm))}`;
}

/** The name of the option that a word sets. */
function nameOf(word: string): string | undefined {
  return /^--([^=]+)/.exec(word)?.[1];
}

function known(help: string, form: RegExp): string[] {
  return [...help.matchAll(form)].map(([, name = '']) => name);
}
