import { Mistakes } from '../host/mistakes.ts';
import { runCommandLine } from './command-line.ts';
import { exitNow } from './exit.ts';
import { Failure } from './failure.ts';
import { complain } from './print.ts';

/**
 * The command line's door. Sets the process's exit code: 0, 1 when something failed, or 2 when what was asked, or the
 * config, is wrong.
 */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads the output may stop reading it: `chatserv plugins | head`.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE' || cause.code === 'EIO') exitNow();
    complain(`chatserv: the output cannot be written: ${cause.message}\n`);
    exitNow(1);
  });
  process.stderr.on('error', () => {});
  // Timers of ours keep no process alive; without this a wait for anything else would end it.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    await runCommandLine(args);
  } catch (thrown) {
    const mistakes = mistakesOf(thrown);
    for (const said of mistakes.sentences) complain(`chatserv: ${inOneLine(said)}\n`);
    process.exitCode = mistakes instanceof Failure ? 1 : 2;
  } finally {
    clearInterval(alive);
  }
}

/** What the user is to mend. @throws what is a fault of ours */
function mistakesOf(thrown: unknown): Mistakes {
  if (thrown instanceof Mistakes) return thrown;
  if ((thrown as NodeJS.ErrnoException | undefined)?.syscall !== 'uv_cwd') throw thrown;
  return new Mistakes(['The current folder is not there any more: change to another.'], { cause: thrown });
}

/** What other programs say may have many lines. */
function inOneLine(said: string): string {
  return said.trim().replace(/\s*[\r\n]\s*/g, ' ');
}
