import { ok } from 'node:assert/strict';
import type { Command } from 'commander';
import { commandLine } from '../../src/cli/command-line.ts';
import { mistakesOf } from '../../src/cli/misunderstood.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input, oddPiece } from '../input.ts';
import type { Random } from '../random.ts';
import { areSentences } from '../sentences.ts';

/** How many words of an input are a command line. */
const WORDS = 20;

/**
 * Whatever words stand on the command line, one a line of the input: a command is called with arguments as they were
 * typed, or sentences say what is wrong; nothing else is thrown. No command is run.
 */
export const commandArguments: Target = {
  name: 'arguments',
  code: /\/cli\/(command-line|misunderstood)\.ts$/,
  batch: 20,
  make,
  async try(input) {
    const words = Buffer.concat(input).toString().split(/\r?\n/).slice(0, WORDS);
    const program = commandLine();
    const called: unknown[] = [];
    for (const command of [program, ...within(program)]) {
      command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
      if (command.commands.length > 0) continue;
      // After its arguments it is given its options and itself.
      command.action((...given: unknown[]) => void called.push(...given.slice(0, -2).flat()));
    }
    try {
      await program.parseAsync(words, { from: 'user' });
    } catch (thrown) {
      const { sentences } = mistakesOf(thrown, words, program);
      if (sentences.length > 0) areSentences(sentences);
    }
    for (const one of called) {
      ok(one === undefined || one === 'localhost' || words.includes(one as string), `${one} was not typed`);
    }
  },
};

function within(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...within(one)]);
}

const program = commandLine();
const COMMANDS = [program, ...within(program)].map((command) => command.name());
const OPTIONS = [program, ...within(program)].flatMap(({ options }) => options.map(({ long }) => long ?? ''));

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
    if (random.oneIn(3)) return random.pick(COMMANDS);
    if (random.oneIn(3)) return random.pick(OPTIONS) + (random.oneIn(3) ? `=${random.pick(NAMES)}` : '');
    return random.oneIn(9) ? oddPiece(random) : random.pick(NAMES);
  });
  return asInput(random.oneIn(2) ? [random.pick(COMMANDS), ...words] : words, random);
}
