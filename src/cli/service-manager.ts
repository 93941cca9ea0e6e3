import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from '../api/logger.ts';

const run = promisify(execFile);

/** Notifies the service manager of the server's state. */
export interface ServiceManager {
  /** Every listener is open, or a reload has ended. */
  ready(): void;
  reloading(): void;
  stopping(): void;
}

/**
 * Notifies systemd of the server's state under `Type=notify`, and that its event loop runs under `WatchdogSec`
 * (sd_notify(3), sd_watchdog_enabled(3)). Node has no Unix datagram sockets, so the program `systemd-notify` sends the
 * notifications; the unit therefore needs `NotifyAccess=all`.
 */
export function serviceManagerOf(environment: NodeJS.ProcessEnv, logger: Logger): ServiceManager {
  if (!environment.NOTIFY_SOCKET) return { ready() {}, reloading() {}, stopping() {} };
  let sent: Promise<unknown> = Promise.resolve();
  let works = true;
  /** How many notifications are being sent. */
  let pending = 0;
  /** Sends notifications one after the other, since systemd takes them in the order of arrival. */
  const send = (...words: string[]): void => {
    pending++;
    sent = sent
      .then(async () => {
        if (works) await run('systemd-notify', words);
      })
      .catch((err: NodeJS.ErrnoException) => {
        // Other failures, such as a lack of memory, may pass; if they do not, the watchdog of systemd ends the server.
        works = err.code !== 'ENOENT';
        logger.warn({ event: 'supervisor-error', err }, 'systemd could not be notified');
      })
      .finally(() => pending--);
  };
  const period = Number(environment.WATCHDOG_USEC) / 1000;
  const meant = environment.WATCHDOG_PID === undefined || Number(environment.WATCHDOG_PID) === process.pid;
  // On a busy machine sending takes longer than the interval: notifications must not queue up before the next READY.
  const beat = (): void => {
    if (pending === 0) send('WATCHDOG=1');
  };
  if (period > 0 && meant) setInterval(beat, period / 2).unref();
  return {
    ready: () => send('READY=1'),
    // systemd requires the time of the notification, by the clock of `hrtime`.
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => send('STOPPING=1'),
  };
}
