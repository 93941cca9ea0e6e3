import cluster from 'node:cluster';
import { messageOf } from '../host/thrown.ts';
import { openLog } from '../logging/open.ts';
import type { Level } from '../logging/style.ts';
import type { Answer } from '../sdk/process-group.ts';
import { type Difference, differenceInWords } from '../services/plugins.ts';
import { exit } from './exit.ts';
import { GroupControl } from './group-control.ts';
import { complain, print } from './print.ts';
import { type Ending, ServerProcess, type Told } from './server-process.ts';
import { serviceManagerOf } from './service-manager.ts';
import { hearSignals } from './signals.ts';
import { Supervisor } from './supervisor.ts';

/** How long the last output may take to be read, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Serves in several processes until a signal stops them all, then ends this process. It loads neither config nor plugins.
 * Sets the exit code.
 * @param count how many processes
 */
export async function supervise(config: string | undefined, count: number): Promise<void> {
  // The processes continue when nobody reads the output.
  process.stdout.removeAllListeners('error').on('error', () => {});
  // The level of the config is not known yet.
  const log = openLog('info');
  const { logger } = log;
  const manager = serviceManagerOf(process.env, logger);
  const places = new Places();
  let controlFile: string | undefined;
  let isServing = false;

  function told(from: ServerProcess, message: Told): void {
    switch (message.type) {
      case 'setting':
        log.setLevel(message.level as Level);
        break;
      case 'listens':
        places.add(message.transport, message.where);
        break;
      case 'question':
        void answersTo(from, message.what).then((answers) => {
          from.tell({ type: 'answers', id: message.id, answers: [...answers] });
        });
        break;
      case 'ready':
        controlFile = message.control;
        // A reload may have moved it.
        if (isServing)
          void openControl().catch((err) => logger.error({ event: 'listener-error', err }, 'a listener failed'));
    }
  }

  async function answersTo({ number }: ServerProcess, what: string): Promise<ReadonlyMap<number, Answer>> {
    return what === 'reload' ? new Map([[number, await reload()]]) : await supervisor.ask(what);
  }

  async function openControl(): Promise<void> {
    if (await control.listenAt(controlFile)) places.add('control', controlFile ?? '');
  }

  async function reload(): Promise<Answer> {
    manager.reloading();
    const answer = await supervisor.reload();
    manager.ready();
    return answer;
  }

  const supervisor = new Supervisor({ count, logger, fork: forker(config, told) });
  const control = new GroupControl({ logger, supervisor, reload });
  // They stop by themselves if this process is killed.
  process.once('exit', () => supervisor.abandon());
  const { stop } = hearSignals(() => {
    if (isServing) void reload().then(printReload);
  });
  process.on('SIGUSR2', () => {
    if (isServing) void supervisor.restart();
  });

  const started = await Promise.race([supervisor.start(), stop]);
  if (started === undefined) {
    try {
      await openControl();
      isServing = true;
      places.print();
      manager.ready();
    } catch (cause) {
      complain(`chatserv: The control socket cannot be opened: ${messageOf(cause)}.\n`);
      process.exitCode = 2;
    }
  } else if (typeof started === 'object') {
    process.exitCode = failureOf(started);
  }
  const signal = process.exitCode === undefined ? await stop : undefined;
  if (signal !== undefined) {
    manager.stopping();
    logger.info({ event: 'shutdown', signal }, 'shutting down');
  }
  const isInOrder = await supervisor.stop();
  process.exitCode ??= isInOrder ? 0 : 1;
  await control.listenAt(undefined);
  if (signal !== undefined) logger.info({ event: 'end', seconds: Math.round(process.uptime()) }, 'stopped');
  await log.end();
  await exit(PATIENCE);
}

/** Makes a function that starts processes, with the command line of this one. */
function forker(
  config: string | undefined,
  told: (from: ServerProcess, message: Told) => void,
): (number: number, isFirst: boolean, reloads: number) => ServerProcess {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = process.env;
  const environment = {
    // Sockets of the service manager are opened by this process, for all of them.
    ...{ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES },
    // It is notified by this process alone.
    ...{ NOTIFY_SOCKET: undefined, WATCHDOG_USEC: undefined, WATCHDOG_PID: undefined },
  };
  // What this process opens for all of them, such as Unix sockets, is closed to others until a plugin opens it.
  const umask = process.umask(0o077);
  // For port 0, Unix sockets and those of the service manager. Other ports the processes open themselves (SO_REUSEPORT).
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: process.argv[1] ?? '',
    args: ['serve', ...(config === undefined ? [] : [`--config=${config}`])],
  });
  return (number, isFirst, reloads) => new ServerProcess({ number, isFirst, umask }, reloads, environment, told);
}

/** Where the processes listen. Each place is printed once, and at first when all of them serve. */
class Places {
  readonly #lines = new Set<string>();
  #isPrinting = false;

  add(transport: string, where: string): void {
    const line = `chatserv listens on ${transport} ${where}\n`;
    if (this.#lines.has(line)) return;
    this.#lines.add(line);
    if (this.#isPrinting) print(line);
  }

  print(): void {
    this.#isPrinting = true;
    for (const line of this.#lines) print(line);
  }
}

/** The exit code for a process that could not start: it has said why, unless it was killed. */
function failureOf({ code, signal }: Ending): number {
  if (code === null)
    complain(
      `chatserv: A process could not start: ${signal === null ? 'the system refused it' : `${signal} killed it`}.\n`,
    );
  return code || 1;
}

function printReload(answer: Answer): void {
  if ('errors' in answer) for (const sentence of answer.errors) complain(`chatserv: not reloaded: ${sentence}\n`);
  else print(`chatserv reloaded: ${differenceInWords(answer.result as Difference)}\n`);
}
