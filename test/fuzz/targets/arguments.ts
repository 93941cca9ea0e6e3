import { ok } from 'node:assert/strict';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { COMMANDS, type Commands } from '../../../src/cli/commands.ts';
import { ConfigErrors } from '../../../src/host/config-errors.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';
import { areSentences } from '../sentences.ts';

/** How many words of an input are a command line. */
const WORDS = 20;

/** The words that print something instead of calling a command. */
const PRINTS = /^--(help|version)(=|$)/;

/**
 * Whatever words stand on the command line, one a line of the input: a command is called with arguments as they were
 * typed, or sentences say what is wrong; nothing else is thrown. No command is run.
 */
export const commandArguments: Target = {
  name: 'arguments',
  code: /\/cli\/(command-line|misunderstood|words)\.ts$/,
  batch: 20,
  make,
  async try(input) {
    const lines = Buffer.concat(input).toString().split(/\r?\n/).slice(0, WORDS);
    const words = lines.filter((word) => !PRINTS.test(word));
    const called: unknown[] = [];
    const commands = Object.fromEntries(
      Object.keys(COMMANDS).map((name) => [name, async (...given: unknown[]) => void called.push(...given)]),
    ) as unknown as Commands;
    try {
      await runCommandLine(words, commands);
    } catch (thrown) {
      ok(thrown instanceof ConfigErrors, thrown as Error);
      areSentences(thrown.sentences);
    }
    const typed = new Set(words.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]));
    for (const one of called.flatMap(valuesOf)) {
      ok(typeof one !== 'string' || one === 'localhost' || one === 'command' || typed.has(one), `${one} was not typed`);
    }
  },
};

/** The values within an argument of a command. */
function valuesOf(argument: unknown): unknown[] {
  return typeof argument === 'object' && argument !== null ? Object.values(argument) : [argument];
}

const WORDS_OF_COMMANDS = [
  ...[
    'serve',
    'connect',
    'top',
    'reload',
    'health',
    'plugins',
    'check',
    'user',
    'new',
    'backup',
    'export',
    'import',
    'migrate',
  ],
  ...['add', 'passwd', 'rename', 'list', 'role', 'remove', 'sign-out', 'unblock', 'plugin'],
];
const OPTIONS = [
  ...['--config', '--watch', '--tls', '--ca', '--insecure', '--password-file', '--register', '--every', '--times'],
  ...['--all', '--passwords', '--kind'],
];

const NAMES: readonly string[] = [
  ...[
    'alice',
    '1e3',
    '0x10',
    '-5',
    '-zoe',
    '--',
    '',
    ' ',
    'a b',
    '__proto__',
    'constructor',
    'true',
    'none',
    '-',
    '---',
  ],
  ...['user@host:4119', '[::1]', 'unix:/x', '2026.10', '/dev/null', '=', '--=', '-=x', '--no-config', '--config.x'],
];

function make(random: Random): Input {
  const words = random.some(8, () => {
    if (random.oneIn(3)) return random.pick(WORDS_OF_COMMANDS);
    if (random.oneIn(3)) return random.pick(OPTIONS) + (random.oneIn(3) ? `=${random.pick(NAMES)}` : '');
    return random.oneIn(9) ? oddPiece(random) : random.pick(NAMES);
  });
  return asInput(random.oneIn(2) ? [random.pick(WORDS_OF_COMMANDS), ...words] : words, random);
}
