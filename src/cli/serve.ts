import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../api/logger.ts';
import { configFiles } from '../config/find.ts';
import { leaveCurrent } from '../host/current.ts';
import { Host } from '../host/host.ts';
import { LIMITS } from '../host/limits.ts';
import { Mistakes } from '../host/mistakes.ts';
import { modules } from '../host/self.ts';
import { Watchdog } from '../host/watchdog.ts';
import { styleOf } from '../logging/style.ts';
import { leftOver } from '../sdk/handed-over.ts';
import { differenceInWords } from '../services/plugins.ts';
import { exit, reportExit } from './exit.ts';
import { complain, print } from './print.ts';
import { type Setting, settingOf } from './setting.ts';
import { hearSignals } from './signals.ts';
import { supervisorOf } from './supervisor.ts';
import { watchFiles } from './watch.ts';

/** How long what is written to standard output may take to be read at the end, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Serves until it is told to stop by a signal, then ends every session politely, and the process.
 * @param watch whether it reloads, too, when a file of the config or of a plugin is edited
 * @throws Mistakes when it cannot begin
 */
export async function serve(config: string | undefined, watch: boolean): Promise<void> {
  // A server goes on when nobody reads what it says.
  process.stdout.removeAllListeners('error').on('error', () => {});
  const began = Date.now();
  let host: Host | undefined;
  const reload = () => (host === undefined ? Promise.resolve() : reloaded(host));
  // Before anything starts: who is asked to stop while it starts stops in order too.
  const { stop, stopping } = hearSignals(() => void reload());
  const { hangTime } = LIMITS;
  const watchdog = new Watchdog({ blockTime: hangTime, hangTime }, styleOf(process.stderr, process.env));
  const setting = await Promise.race([settingOf(config), stop]);
  // Nothing has begun yet.
  if (typeof setting === 'string') return;
  const { log, limits } = setting;
  reportExit((sentence) => log.logger.error({ event: 'exit' }, sentence));
  let uncaught = (err: unknown): void => log.logger.error({ event: 'internal-error', err }, 'uncaught exception');
  const take = (thrown: unknown): void => {
    uncaught(thrown);
    // Node leaves it as it was when that was thrown.
    leaveCurrent();
  };
  process.on('uncaughtException', take).on('unhandledRejection', take);
  watchdog.allow(limits);
  const supervisor = supervisorOf(process.env, log.logger);
  const reloads = (done: Promise<unknown>) => {
    supervisor.reloading();
    void done.then(() => supervisor.ready());
  };
  const begins = (begun: Host) => {
    uncaught = (thrown) => begun.uncaught(thrown);
  };
  try {
    host = await Host.start({ ...setting, watchdog, reloads, stopping, begins });
  } catch (cause) {
    if (!stopping.aborted) throw cause;
  }
  let watcher: { close(): void } | undefined;
  if (host !== undefined) {
    warnOfUnusedSockets(log.logger);
    supervisor.ready();
    const files = () => [...configFiles(config, process.cwd()), ...modules.paths()];
    watcher = watch ? watchFiles(files, began, reload) : undefined;
  }
  const signal = await stop;
  watcher?.close();
  supervisor.stopping();
  log.logger.info({ event: 'shutdown', signal }, 'shuts down');
  process.exitCode = (await stopped(host, setting)) ? 0 : 1;
  log.logger.info({ event: 'end', seconds: Math.round(process.uptime()) }, 'has ended');
  await log.end();
  await exit(PATIENCE);
}

/** Stops a server. @returns whether that was done in time */
async function stopped(
  host: Host | undefined,
  { log: { logger }, limits: { shutdownTime } }: Setting,
): Promise<boolean> {
  const inTime = await Promise.race([host?.stop('shutdown').then(() => true) ?? true, after(shutdownTime, false)]);
  if (!inTime) {
    const facts = { event: 'shutdown-timeout' };
    logger.error(facts, `stopping took longer than ${shutdownTime} ms (limits.shutdownTime): it exits as it is`);
  }
  return inTime;
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
    print(`chatserv reloaded: ${differenceInWords(await host.reload())}\n`);
  } catch (thrown) {
    const sentences = thrown instanceof Mistakes ? thrown.sentences : [String(thrown)];
    for (const said of sentences) complain(`chatserv: not reloaded: ${said}\n`);
  }
}
