import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { differenceInWords } from '../contracts/plugins.ts';
import type { Logger } from '../kernel/logger.ts';
import { leftOver } from '../listening/handed-over.ts';
import { Host } from '../plugin/host.ts';
import { Mistakes } from '../plugin/mistakes.ts';
import { Watchdog } from '../plugin/watchdog.ts';
import { settingOf } from './setting.ts';
import { supervisorOf } from './supervisor.ts';
import { watchFiles } from './watch.ts';

const STOPS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Serves until SIGTERM or SIGINT, or until the terminal that it was started at is closed, then ends every session
 * politely. Any other SIGHUP reloads.
 * @param watch whether it reloads, too, when a file of the config or of a plugin is edited
 */
export async function serve(config: string | undefined, watch: boolean): Promise<void> {
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>();
  // A server goes on when nobody reads what it says.
  process.stdout.removeAllListeners('error').on('error', () => {});
  // Before anything starts: who is asked to stop while it starts stops in order too.
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Who asks a second time has it end at once, with the code of a program that handles no signals.
    if (stopping) process.exit(128 + constants.signals[signal]);
    stopping = true;
    resolve(signal);
  };
  for (const signal of STOPS) process.on(signal, stop);
  let host: Host | undefined;
  const reload = () => (host === undefined ? Promise.resolve() : reloaded(host));
  const hadTerminal = [0, 1, 2].some((fd) => isatty(fd));
  process.on('SIGHUP', () => {
    if (!hadTerminal || hasTerminal()) void reload();
    // The shell's word and the system's may both come.
    else if (!stopping) stop('SIGHUP');
  });
  const setting = await settingOf(config);
  const { log } = setting;
  process.on('uncaughtExceptionMonitor', (err) => log.logger.error({ event: 'crash', err }, 'the server crashes'));
  const watchdog = new Watchdog(setting.limits.blockTime, log.style);
  const supervisor = supervisorOf(process.env, log.logger);
  const reloads = (done: Promise<unknown>) => {
    supervisor.reloading();
    void done.then(() => supervisor.ready());
  };
  host = await Host.start({ ...setting, watchdog, reloads });
  warnOfUnusedSockets(log.logger);
  supervisor.ready();
  const watcher = watch ? watchFiles(setting.file ?? 'chatserv.config', reload) : undefined;
  const signal = await asked;
  watcher?.close();
  supervisor.stopping();
  log.logger.info({ event: 'shutdown', signal }, 'shuts down');
  await host.stop('shutdown');
  await watchdog.close();
  log.logger.info({ event: 'end', seconds: Math.round(process.uptime()) }, 'has ended');
  await log.end();
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

/** Says which sockets a service manager opened for nobody: a caller there would wait in vain. */
function warnOfUnusedSockets(logger: Logger): void {
  for (const name of leftOver()) {
    logger.warn(
      { event: 'socket-unused', socket: name },
      `the service manager handed over a socket '${name}', and nobody answers there: name it like the plugin that shall (FileDescriptorName=tcp in the socket unit), and see that the plugin is on`,
    );
  }
}

/** Reloads, and says what came of it. */
async function reloaded(host: Host): Promise<void> {
  try {
    process.stdout.write(`chatserv reloaded: ${differenceInWords(await host.reload())}\n`);
  } catch (thrown) {
    const sentences = thrown instanceof Mistakes ? thrown.sentences : [String(thrown)];
    for (const said of sentences) process.stderr.write(`chatserv: not reloaded: ${said}\n`);
  }
}
