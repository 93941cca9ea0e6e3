import { ConfigErrors } from '../host/config-errors.ts';

/** Marks a word that begins with a hyphen but is not an option. No argument can contain it. */
const MARK = '\0';

/** The options that take a value; all others are flags. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  'config',
  'processes',
  'ca',
  'password-file',
  'device',
  'every',
  'times',
  'kind',
]);

/**
 * Prepares arguments for yargs, which loses what follows `--` in a subcommand, takes the last value of an option that is
 * given twice, and reads `--tls=maybe` as off.
 * @throws ConfigErrors when an option is given twice or in an invalid form
 */
export function normalized(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  const words: string[] = [];
  const given = new Set<string>();
  for (let i = 0; i < options.length; i++) {
    const word = options[i] ?? '';
    const [, name, value] = /^--([^=]+)(=.*)?$/s.exec(word) ?? [];
    if (name === undefined) {
      if (/^-./.test(word)) throw unknownOption(word);
      words.push(word);
      continue;
    }
    if (given.has(name)) throw new ConfigErrors([`--${name} is given twice. See chatserv --help.`]);
    given.add(name);
    if (value !== undefined && !WITH_VALUE.has(name)) throw unknownOption(word);
    const next = options[i + 1];
    if (value === undefined && WITH_VALUE.has(name) && next !== undefined && !next.startsWith('--')) {
      words.push(`${word}=${next}`);
      i++;
    } else words.push(word);
  }
  return [...words, ...rest.map((word) => (word.startsWith('-') ? MARK + word : word))];
}

/** A word as it was typed. */
export function asTyped(word: string): string {
  return word.replaceAll(MARK, '');
}

function unknownOption(word: string): ConfigErrors {
  return new ConfigErrors([
    `Unknown option '${word}'. If it is a name, put -- before it: -- ${word}. See chatserv --help.`,
  ]);
}
