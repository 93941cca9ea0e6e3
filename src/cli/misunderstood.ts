import { type Command, CommanderError } from 'commander';
import { Mistakes } from '../plugin/mistakes.ts';

/** What is wrong, in sentences, where the user is to mend it; none where help was asked for. @throws what is a fault of ours */
export function mistakesOf(thrown: unknown, args: readonly string[], program: Command): Mistakes {
  if (thrown instanceof Mistakes) return thrown;
  if (thrown instanceof CommanderError) {
    return new Mistakes(thrown.exitCode === 0 ? [] : [misunderstood(thrown, args, program)]);
  }
  if ((thrown as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd') {
    return new Mistakes(['The current folder is not there any more: change to another.'], { cause: thrown });
  }
  throw thrown;
}

/** What is wrong with a command line. */
function misunderstood({ code, message }: CommanderError, args: readonly string[], program: Command): string {
  const called = program.commands.find((command) => args.includes(command.name()));
  // It was called without one of its commands.
  if (code === 'commander.help') {
    const words = called?.commands.map((command) => command.name()) ?? [];
    const what = words.length > 0 ? `Say what to do: ${words.join(', ')}.` : 'There is no help for that.';
    return `${what} See chatserv --help.`;
  }
  const [said = '', guess = ''] = message.replace(/^error: /, '').split('\n');
  const sentence = said.charAt(0).toUpperCase() + said.slice(1).replace(/\.?$/, '.');
  const [, option] = /^Unknown option '([^']*)'/.exec(sentence) ?? [];
  const mayBeName = option !== undefined && guess === '' && called !== undefined;
  const hint = mayBeName ? `If it is a name, put -- before it: -- ${option}.` : guess.replace(/^\(|\)$/g, '');
  return `${sentence} ${hint && `${hint} `}See chatserv --help.`;
}
