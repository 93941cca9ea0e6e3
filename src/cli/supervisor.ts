import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from '../api/logger.ts';

const run = promisify(execFile);

/** What the server tells whoever supervises it. */
export interface Supervisor {
  /** Every listener is open; also once a reload is done. */
  ready(): void;
  reloading(): void;
  stopping(): void;
}

/**
 * Tells systemd how the server fares, where that started it with `Type=notify`, and that its event loop comes round,
 * where the unit has a `WatchdogSec` (sd_notify(3), sd_watchdog_enabled(3)). Node has no datagram sockets in the Unix
 * domain, so systemd's own program `systemd-notify` carries the word; the unit therefore needs `NotifyAccess=all`.
 */
export function supervisorOf(environment: NodeJS.ProcessEnv, logger: Logger): Supervisor {
  if (!environment.NOTIFY_SOCKET) return { ready() {}, reloading() {}, stopping() {} };
  let said: Promise<unknown> = Promise.resolve();
  let works = true;
  /** How many words are on their way. */
  let pending = 0;
  /** Says things one after the other: systemd takes them in the order in which they come. */
  const say = (...words: string[]): void => {
    pending++;
    said = said
      .then(async () => {
        if (works) await run('systemd-notify', words);
      })
      .catch((err: NodeJS.ErrnoException) => {
        // Whatever else failed, want of memory say, may go by: who falls silent is ended by the watchdog.
        works = err.code !== 'ENOENT';
        logger.warn({ event: 'supervisor-error', err }, 'systemd could not be told how the server fares');
      })
      .finally(() => pending--);
  };
  const period = Number(environment.WATCHDOG_USEC) / 1000;
  const meant = environment.WATCHDOG_PID === undefined || Number(environment.WATCHDOG_PID) === process.pid;
  // On a busy machine a word takes longer than the pause between two: they must not queue up before the next READY.
  const beat = (): void => {
    if (pending === 0) say('WATCHDOG=1');
  };
  if (period > 0 && meant) setInterval(beat, period / 2).unref();
  return {
    ready: () => say('READY=1'),
    // systemd wants to know of when the word is, on the clock that Node's high-resolution time is taken from.
    reloading: () => say('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => say('STOPPING=1'),
  };
}
