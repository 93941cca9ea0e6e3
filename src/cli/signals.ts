import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { groupMember } from '../sdk/group-member.ts';
import { exitNow } from './exit.ts';

/**
 * How long a repetition of a signal is ignored, in milliseconds. At Ctrl-C the terminal signals npm and the server, and
 * npm passes its signal on.
 */
const REPEAT_WINDOW = 1_000;

/** How often to check whether the shell that npm started still runs, in milliseconds. */
const LOOK = 1_000;

/** The signals to a server. */
export interface Signals {
  /** Resolves with the signal that stops the server. */
  readonly stop: Promise<NodeJS.Signals>;
  /** Aborted by that signal. */
  readonly stopping: AbortSignal;
}

/**
 * Handles signals from now on. SIGTERM, SIGINT, and SIGHUP from a closed terminal stop the server; a second one ends it at
 * once. Any other SIGHUP reloads. A process with a supervisor takes SIGTERM only: the terminal sends the others to both.
 */
export function hearSignals(reload: () => void): Signals {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const stopping = new AbortController();
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first === undefined) {
      first = { signal, at: now };
      resolve(signal);
      stopping.abort();
    } else if (first.signal !== signal || now - first.at > REPEAT_WINDOW) {
      // As if the signal were not handled.
      exitNow(128 + constants.signals[signal]);
    }
  };
  process.on('SIGTERM', stop);
  // It replaces the processes of a server that has several; any other it would end.
  process.on('SIGUSR2', () => {});
  const signals = { stop: promise, stopping: stopping.signal };
  if (groupMember !== undefined) {
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
    // The supervisor was killed.
    process.once('disconnect', () => first === undefined && stop('SIGTERM'));
    return signals;
  }
  process.on('SIGINT', stop);
  const hadTerminal = [0, 1, 2].some((fd) => isatty(fd));
  process.on('SIGHUP', () => {
    if (!hadTerminal || hasTerminal()) reload();
    // The shell and the system may both send one.
    else if (first === undefined) stop('SIGHUP');
  });
  watchShell(() => {
    if (first === undefined) stop('SIGTERM');
  });
  return signals;
}

/** Whether the process has a controlling terminal, even if its output is redirected. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * npm and similar tools run a script in a shell and pass signals on to the shell. One that exits without passing them on
 * leaves the server with another parent.
 */
function watchShell(gone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(look);
    gone();
  }, LOOK);
  look.unref();
}
