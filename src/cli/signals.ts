import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { exitNow } from './exit.ts';

/** For how long a signal that comes again is the same one, in milliseconds: npm passes on what a terminal sends to both. */
const SAME = 1_000;

/** How often it is looked whether the shell that npm started is still there, in milliseconds. */
const LOOK = 1_000;

/** What a server is told by signals. */
export interface Signals {
  /** The signal that told it to stop. */
  readonly stop: Promise<NodeJS.Signals>;
  /** Aborted then. */
  readonly stopping: AbortSignal;
}

/**
 * Hears what the operator wants from now on: SIGTERM, SIGINT, and SIGHUP of a terminal that was closed, stop the server,
 * and end it at once when one comes again; any other SIGHUP reloads.
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
    } else if (first.signal !== signal || now - first.at > SAME) {
      // The code of a program that handles no signals.
      exitNow(128 + constants.signals[signal]);
    }
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const hadTerminal = [0, 1, 2].some((fd) => isatty(fd));
  process.on('SIGHUP', () => {
    if (!hadTerminal || hasTerminal()) reload();
    // The shell's word and the system's may both come.
    else if (first === undefined) stop('SIGHUP');
  });
  watchShell(() => {
    if (first === undefined) stop('SIGTERM');
  });
  return { stop: promise, stopping: stopping.signal };
}

/** Whether the process has a terminal of its own, also where all of its output goes elsewhere. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * npm and its like run a script by a shell, send it the signals that they are sent, and end with it. A shell that ends
 * without passing them on leaves the server with another parent.
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
