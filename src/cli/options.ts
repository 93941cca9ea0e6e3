import { availableParallelism } from 'node:os';
import { ConfigErrors } from '../host/config-errors.ts';
import { asTyped } from './arguments.ts';
import { secondsIn } from './units.ts';

/** A word that must be given: a name or a file, as it was typed. */
export const WORD = { type: 'string', demandOption: true, coerce: word } as const;

/** A name or a file that may be left out. */
export const OPTIONAL_WORD = {
  type: 'string',
  coerce: (given: string | undefined) => (given === undefined ? given : word(given)),
} as const;

/** The option `--config`. */
export const CONFIG = {
  type: 'string',
  requiresArg: true,
  describe: 'The config file; by default chatserv.config.* in this folder',
} as const;

/** A name or file as it was typed. @throws ConfigErrors when it is empty */
export function word(given: string): string {
  if (given === '') throw new ConfigErrors(['A name or file name is empty.']);
  return asTyped(given);
}

/** The seconds of the option `--for`. @throws ConfigErrors for anything else */
export function durationFor(text: string): number {
  const seconds = secondsIn(text);
  if (seconds === undefined) throw new ConfigErrors([`--for must be a duration such as 12h or 7d, not '${text}'.`]);
  return seconds;
}

/** The number of an option. @param what is allowed, in words @throws ConfigErrors for any other */
export function numberIn(option: string, text: string, allowed: (value: number) => boolean, what: string): number {
  const value = text?.trim() === '' ? Number.NaN : Number(text);
  if (text !== undefined && !allowed(value)) {
    throw new ConfigErrors([`--${option} must be ${what}, not '${text}'.`]);
  }
  return value;
}

/** The most processes of one server. */
const MAX_PROCESSES = 256;

/** How many processes `--processes` asks for, if it is given. @throws ConfigErrors for anything but a count and `auto` */
export function processesIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'auto') return availableParallelism();
  const isCount = (value: number) => Number.isInteger(value) && value >= 1 && value <= MAX_PROCESSES;
  return numberIn('processes', text, isCount, `auto, or a whole number from 1 to ${MAX_PROCESSES}`);
}
