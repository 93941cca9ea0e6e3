import { type Command, CommanderError } from 'commander';
import { Mistakes } from '../plugin/mistakes.ts';
import { commandLine } from './command-line.ts';
import { exitNow } from './exit.ts';
import { Failure } from './failure.ts';

/**
 * The command line's door. Sets the process's exit code: 0, 1 when something failed, or 2 when what was asked, or the
 * config, is wrong.
 */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads the output may stop reading it: `chatserv plugins | head`.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE' || cause.code === 'EIO') exitNow();
    process.stderr.write(`chatserv: the output cannot be written: ${cause.message}\n`);
    exitNow(1);
  });
  process.stderr.on('error', () => {});
  // Timers of ours keep no process alive; without this a wait for anything else would end it.
  const alive = setInterval(() => {}, 2 ** 30);
  const program = commandLine();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    const mistakes = thrown instanceof CommanderError ? misunderstood(thrown, args, program) : thrown;
    if (!(mistakes instanceof Mistakes)) throw thrown;
    // What other programs say may have many lines; a mistake is one.
    for (const said of mistakes.sentences) process.stderr.write(`chatserv: ${said.trim().replace(/\s*\n\s*/g, ' ')}\n`);
    process.exitCode = mistakes instanceof Failure ? 1 : 2;
  } finally {
    clearInterval(alive);
  }
}

/** What is wrong with a command line. */
function misunderstood({ code, message }: CommanderError, args: readonly string[], program: Command): Mistakes {
  const called = program.commands.find((command) => args.includes(command.name()));
  // It was called without one of its commands.
  if (code === 'commander.help') {
    const words = called?.commands.map((command) => command.name()) ?? [];
    const what = words.length > 0 ? `Say what to do: ${words.join(', ')}.` : 'There is no help for that.';
    return new Mistakes([`${what} See chatserv --help.`]);
  }
  const [said = '', guess = ''] = message.replace(/^error: /, '').split('\n');
  const sentence = said.charAt(0).toUpperCase() + said.slice(1).replace(/\.?$/, '.');
  const [, option] = /^Unknown option '([^']*)'/.exec(sentence) ?? [];
  const mayBeName = option !== undefined && guess === '' && called !== undefined;
  const hint = mayBeName ? `If it is a name, put -- before it: -- ${option}.` : guess.replace(/^\(|\)$/g, '');
  return new Mistakes([`${sentence} ${hint && `${hint} `}See chatserv --help.`]);
}
