import { availableParallelism } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../api/logger.ts';
import type { Answer } from '../sdk/process-group.ts';
import type { Ending, ServerProcess } from './server-process.ts';

/** A process that ran for so long is started again at once, in milliseconds. */
const STEADY = 60_000;

/** The first and the longest wait before a process that ended early is started again, in milliseconds. */
const [SHORTEST, LONGEST] = [1_000, 30_000];

/** How long a reload of one process may take, in milliseconds. */
const RELOAD_TIME = 120_000;

const NOBODY: Answer = { errors: ['No process is running.'] };

export interface SupervisorOptions {
  /** How many processes. */
  readonly count: number;
  readonly logger: Logger;
  /** Starts a process. @param isFirst whether no other one runs @param reloads how many there have been */
  fork(number: number, isFirst: boolean, reloads: number): ServerProcess;
}

/** Keeps a number of server processes running. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  /** The current process of each number. It may have ended, and be about to be started again. */
  readonly #current = new Map<number, ServerProcess>();
  readonly #alive = new Set<ServerProcess>();
  #hasStarted = false;
  #isStopping = false;
  #reloads = 0;
  /** Resolves when the last reload or restart has ended: they run one after the other. */
  #changed: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /**
   * Starts the first process, then the others, so that an error in the config is reported once.
   * @returns the end of one that could not start
   */
  async start(): Promise<Ending | undefined> {
    const first = this.#start(1, true);
    if (!(await first.ready)) return await first.ended;
    const others = this.#numbers().slice(1);
    while (others.length > 0 && !this.#isStopping) {
      // More would take the time from each other that plugins have for their set-up.
      const processes = others.splice(0, availableParallelism()).map((number) => this.#start(number));
      const isReady = await Promise.all(processes.map(({ ready }) => ready));
      const failed = processes[isReady.indexOf(false)];
      if (failed !== undefined) return await failed.ended;
    }
    this.#hasStarted = true;
    for (const process of this.#current.values()) void this.#keep(process, 0);
    return undefined;
  }

  /** Asks all processes. @returns their answers by number; an error for one that does not serve */
  async ask(what: string, data?: unknown): Promise<ReadonlyMap<number, Answer>> {
    const answers = this.#numbers().map(async (number): Promise<[number, Answer]> => {
      const process = this.#current.get(number);
      if (!process?.isServing) return [number, { errors: ['it is not running'] }];
      return [number, await process.ask(what, data)];
    });
    return new Map(await Promise.all(answers));
  }

  /** Asks any process for something that takes as long as a reload. */
  async askOne(what: string, data: unknown): Promise<Answer> {
    return (await this.#serving()[0]?.ask(what, data, RELOAD_TIME)) ?? NOBODY;
  }

  /** Has the first process reload and, unless it finds errors, then the others. @returns the first answer, or all errors */
  reload(): Promise<Answer> {
    return this.#change(async () => {
      this.#reloads++;
      const serving = this.#serving();
      const answers: Answer[] = [];
      for (const process of serving) {
        const answer = await process.ask('reload', undefined, RELOAD_TIME);
        if ('errors' in answer && answers.length === 0) return answer;
        answers.push('errors' in answer ? { errors: answer.errors.map((error) => numbered(process, error)) } : answer);
      }
      const errors = answers.flatMap((answer) => ('errors' in answer ? answer.errors : []));
      return errors.length > 0 ? { errors } : (answers[0] ?? NOBODY);
    });
  }

  /**
   * Replaces one process after the other: a new one is started first, and once it serves the old one is stopped. If a new one
   * cannot start, the old ones go on.
   */
  restart(): Promise<void> {
    const { logger } = this.#options;
    return this.#change(async () => {
      logger.info({ event: 'restart' }, 'replacing all processes, one after the other');
      for (const number of this.#numbers()) {
        if (this.#isStopping) return;
        const next = this.#fork(number);
        if (!(await next.ready)) {
          if (!this.#isStopping)
            logger.error({ event: 'restart-failure', process: number }, 'a new process cannot start: not restarted');
          return;
        }
        const old = this.#current.get(number);
        this.#current.set(number, next);
        void this.#keep(next, 0);
        old?.stop();
        await old?.ended;
      }
      logger.info({ event: 'restarted' }, 'all processes are new');
    });
  }

  /** Stops all processes. @returns whether all ended in order */
  async stop(): Promise<boolean> {
    this.#isStopping = true;
    const alive = [...this.#alive];
    for (const process of alive) process.stop();
    const endings = await Promise.all(alive.map(({ ended }) => ended));
    // One that was starting had no handler of the signal yet.
    return endings.every(({ code, signal }) => code === 0 || signal === 'SIGTERM');
  }

  /** Has the processes stop in order, without waiting for them. */
  abandon(): void {
    for (const process of this.#alive) process.stop();
  }

  #serving(): ServerProcess[] {
    return [...this.#current.values()].filter(({ isServing }) => isServing);
  }

  #numbers(): number[] {
    return Array.from({ length: this.#options.count }, (_, index) => index + 1);
  }

  #start(number: number, isFirst = false): ServerProcess {
    const process = this.#fork(number, isFirst);
    this.#current.set(number, process);
    return process;
  }

  #fork(number: number, isFirst = false): ServerProcess {
    const process = this.#options.fork(number, isFirst, this.#reloads);
    this.#alive.add(process);
    void process.ended.then(() => this.#alive.delete(process));
    void process.ready.then((isReady) => {
      if (isReady)
        this.#options.logger.info({ event: 'process', process: number, pid: process.pid }, 'a process serves');
      // It may have read the config before a reload that it took no part in.
      if (isReady && process.reloads < this.#reloads) void process.ask('reload', undefined, RELOAD_TIME);
    });
    return process;
  }

  /** Starts a process again when it ends. @param failures how often its number ended early in a row */
  async #keep(process: ServerProcess, failures: number): Promise<void> {
    const { number, pid } = process;
    const { code, signal } = await process.ended;
    if (!this.#isWanted(process)) return;
    const failed = process.age < STEADY ? failures + 1 : 0;
    const delay = restartDelay(failed);
    const facts = { event: 'process-end', process: number, pid, code, signal };
    const how = code === 0 ? 'stopped' : signal === null ? `failed with exit code ${code}` : `was killed by ${signal}`;
    this.#options.logger.error(facts, `process ${number} ${how}: starting it again in ${delay / 1000} s`);
    await after(delay);
    if (this.#isWanted(process)) void this.#keep(this.#start(number), failed);
  }

  /** Whether a process is to be started again when it has ended. */
  #isWanted(process: ServerProcess): boolean {
    return this.#hasStarted && !this.#isStopping && this.#current.get(process.number) === process;
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const changing = this.#changed.then(change);
    this.#changed = changing.catch(() => {});
    return changing;
  }
}

function numbered({ number }: ServerProcess, error: string): string {
  return `Process ${number}: ${error}`;
}

/** How long to wait before a process is started again, in milliseconds. @param failures how often it ended early in a row */
export function restartDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(SHORTEST * 2 ** (failures - 1), LONGEST);
}
