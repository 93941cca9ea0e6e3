import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../api/logger.ts';
import { configFiles } from '../config/find.ts';
import { ConfigErrors } from '../host/config-errors.ts';
import { leaveCurrent } from '../host/current.ts';
import { Host } from '../host/host.ts';
import { LIMITS } from '../host/limits.ts';
import { modules } from '../host/self.ts';
import { Watchdog } from '../host/watchdog.ts';
import { styleOf } from '../logging/style.ts';
import { groupMember } from '../sdk/group-member.ts';
import { leftOver } from '../sdk/handed-over.ts';
import { differenceInWords } from '../services/plugins.ts';
import { exit, reportExit } from './exit.ts';
import { complain, print } from './print.ts';
import { serviceManagerOf } from './service-manager.ts';
import { type Setting, settingOf } from './setting.ts';
import { hearSignals } from './signals.ts';
import { type Place, startScreen } from './start-screen.ts';
import { watchFiles } from './watch.ts';

/** How long the last output may take to be read, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Serves until a signal stops it, then closes all sessions and ends the process.
 * @param watch whether to reload when a file of the config or of a plugin changes
 * @throws ConfigErrors when it cannot start
 */
export async function serve(config: string | undefined, watch: boolean): Promise<void> {
  // A server continues when nobody reads its output.
  process.stdout.removeAllListeners('error').on('error', () => {});
  const began = Date.now();
  let host: Host | undefined;
  const reload = () => (host === undefined ? Promise.resolve() : reloaded(host));
  // Before anything starts, so that a signal during the start also stops it in order.
  const { stop, stopping } = hearSignals(() => void reload());
  const { hangTime } = LIMITS;
  const style = styleOf(process.stderr, process.env);
  const watchdog = new Watchdog({ eventLoopStall: hangTime, hangTime }, style, groupMember?.number);
  const setting = await Promise.race([settingOf(config), stop]);
  // Nothing was started yet.
  if (typeof setting === 'string') return;
  const { log, limits } = setting;
  reportExit((sentence) => log.logger.error({ event: 'exit' }, sentence));
  let uncaught = (err: unknown): void => log.logger.error({ event: 'internal-error', err }, 'uncaught exception');
  const take = (thrown: unknown): void => {
    uncaught(thrown);
    // Node leaves the current plugin set.
    leaveCurrent();
  };
  process.on('uncaughtException', take).on('unhandledRejection', take);
  watchdog.allow(limits);
  setting.live();
  const manager = serviceManagerOf(process.env, log.logger);
  const ready = () => {
    manager.ready();
    groupMember?.ready();
  };
  const reloads = (done: Promise<unknown>) => {
    manager.reloading();
    void done.then(ready);
  };
  const begins = (begun: Host) => {
    uncaught = (thrown) => begun.uncaught(thrown);
  };
  const hasScreen = process.stdout.isTTY && groupMember === undefined;
  try {
    const places: Place[] = [];
    const listens = (transport: string, where: string) => {
      // A person at a terminal gets the start screen instead.
      const isOnScreen = hasScreen && host === undefined;
      if (isOnScreen) places.push({ transport, where });
      if (!isOnScreen || !log.tellsPeople()) setting.listens(transport, where);
    };
    host = await Host.start({ ...setting, listens, watchdog, reloads, stopping }, begins);
    if (hasScreen) process.stdout.write(startScreen(places, host, setting.file));
  } catch (cause) {
    if (!stopping.aborted) throw cause;
  }
  let watcher: { close(): void } | undefined;
  if (host !== undefined) {
    warnOfUnusedSockets(log.logger);
    groupMember?.handle('reload', () => host?.reload());
    ready();
    const files = () => [...configFiles(config, process.cwd()), ...modules.paths()];
    watcher = watch ? watchFiles(files, began, reload) : undefined;
  }
  const signal = await stop;
  watcher?.close();
  manager.stopping();
  log.logger.info({ event: 'shutdown', signal }, 'shutting down');
  process.exitCode = (await stopped(host, setting)) ? 0 : 1;
  log.logger.info({ event: 'end', seconds: Math.round(process.uptime()) }, 'stopped');
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
    logger.error(facts, `stopping took longer than ${shutdownTime} ms (limits.shutdownTime): exiting anyway`);
  }
  return inTime;
}

/** Warns of sockets of the service manager that no plugin uses: clients there would wait forever. */
function warnOfUnusedSockets(logger: Logger): void {
  for (const name of leftOver()) {
    logger.warn(
      { event: 'socket-unused', socket: name },
      `the service manager handed over a socket '${name}', but no plugin uses it: name it after the plugin (FileDescriptorName=tcp in the socket unit), and switch the plugin on`,
    );
  }
}

/** Reloads and prints the outcome. */
async function reloaded(host: Host): Promise<void> {
  try {
    print(`chatserv reloaded: ${differenceInWords(await host.reload())}\n`);
  } catch (thrown) {
    const sentences = thrown instanceof ConfigErrors ? thrown.sentences : [String(thrown)];
    for (const sentence of sentences) complain(`chatserv: not reloaded: ${sentence}\n`);
  }
}
