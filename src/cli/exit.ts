import type { Writable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { authorsPlace } from '../host/place.ts';
import { complain } from './print.ts';

/** The exit code when a plugin ended the process, which no supervisor takes for a stop that was asked for (sysexits.h). */
const SOFTWARE = 70;

/** Whether the program itself ends the process. */
let isOurs = false;

let report = (sentence: string): void => complain(`chatserv: ${sentence}\n`);

/** Ends the process at once. @param code else the one that was set */
export function exitNow(code?: number): never {
  isOurs = true;
  process.exit(code ?? process.exitCode);
}

/**
 * Ends the process, whatever plugins have left open, with the exit code that was set.
 * @param patience how long its output may take to be read, in milliseconds; without one as long as it takes
 */
export async function exit(patience?: number): Promise<never> {
  const read = Promise.all([process.stdout, process.stderr].map(written));
  await (patience === undefined ? read : Promise.race([read, after(patience)]));
  exitNow();
}

async function written(stream: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.write('', () => resolve());
  await promise;
}

/** Has a process that a plugin ends say so, with an exit code that means trouble. */
export function watchExit(): void {
  process.on('exit', (code) => {
    if (isOurs) return;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 50;
    const here = new Error();
    Error.stackTraceLimit = stackTraceLimit;
    // After an error that nobody caught the process ends without a call.
    if (!here.stack?.includes('node:internal/process/per_thread')) return;
    process.exitCode = SOFTWARE;
    const place = authorsPlace(here, process.cwd());
    report(`a plugin called process.exit(${code})${place}, which drops everybody: to stop the server, send it SIGTERM`);
  });
}

/** Says by other means that a plugin has ended the process. */
export function reportExit(say: (sentence: string) => void): void {
  report = say;
}
