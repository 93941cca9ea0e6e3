import type { Writable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { authorsPlace } from '../host/place.ts';
import { complain } from './print.ts';

/** The exit code when a plugin ended the process (sysexits.h), which no supervisor mistakes for a requested stop. */
const SOFTWARE = 70;

/** Whether the program itself ends the process. A process ends once, so it has one of these. */
let isOurs = false;

/** Reports the exit: on standard error until the server has a log. */
let report = (sentence: string): void => complain(`chatserv: ${sentence}\n`);

/** Ends the process at once. @param code `process.exitCode` by default */
export function exitNow(code?: number): never {
  isOurs = true;
  process.exit(code ?? process.exitCode);
}

/**
 * Ends the process with the exit code that was set, even if plugins left handles open.
 * @param patience how long its output may take to be read, in milliseconds; unlimited by default
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

/** When a plugin ends the process, reports it and sets an exit code that means an error. */
export function watchExit(): void {
  process.on('exit', (code) => {
    if (isOurs) return;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 50;
    const here = new Error();
    Error.stackTraceLimit = stackTraceLimit;
    // After an uncaught error the process exits without a call of `process.exit`.
    if (!here.stack?.includes('node:internal/process/per_thread')) return;
    process.exitCode = SOFTWARE;
    const place = authorsPlace(here, process.cwd());
    report(
      `a plugin called process.exit(${code})${place}, which disconnects everyone: to stop the server, send it SIGTERM`,
    );
  });
}

/** Sets how it is reported that a plugin ended the process. */
export function reportExit(say: (sentence: string) => void): void {
  report = say;
}
