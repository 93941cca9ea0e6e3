import { ConfigErrors } from '../host/config-errors.ts';
import { runCommandLine } from './command-line.ts';
import { exitNow } from './exit.ts';
import { Failure } from './failure.ts';
import { complain } from './print.ts';

/**
 * Runs the command line. Sets the exit code: 0, 1 when the command failed, or 2 when its arguments or the config are
 * invalid.
 */
export async function main(args: readonly string[]): Promise<void> {
  // The reader may close the pipe early: `chatserv plugins | head`.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE' || cause.code === 'EIO') exitNow();
    complain(`chatserv: cannot write the output: ${cause.message}\n`);
    exitNow(1);
  });
  process.stderr.on('error', () => {});
  // Our timers are unreferenced: without this the process would exit while it still awaits something else.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    await runCommandLine(args);
  } catch (thrown) {
    const errors = configErrorsOf(thrown);
    for (const sentence of errors.sentences) complain(`chatserv: ${inOneLine(sentence)}\n`);
    process.exitCode = errors instanceof Failure ? 1 : 2;
  } finally {
    clearInterval(alive);
  }
}

/** The errors that the user can fix. @throws any other */
function configErrorsOf(thrown: unknown): ConfigErrors {
  if (thrown instanceof ConfigErrors) return thrown;
  if ((thrown as NodeJS.ErrnoException | undefined)?.syscall !== 'uv_cwd') throw thrown;
  return new ConfigErrors(['The current folder no longer exists: change to another.'], { cause: thrown });
}

/** Joins lines: messages of other programs may have several. */
function inOneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, ' ');
}
