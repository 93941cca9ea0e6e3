import cluster, { type Worker } from 'node:cluster';
import { type Membership, PROCESS_VARIABLE, type ToProcess, type ToSupervisor } from '../sdk/group-member.ts';
import type { Answer } from '../sdk/process-group.ts';

/** How long a process may take to answer, in milliseconds. */
const PATIENCE = 5_000;

/** How long a process that does not stop is waited for beyond its `limits.shutdownTime`, in milliseconds. */
const GRACE = 5_000;

/** How a process ended. Both are null if it could not even be started. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a process tells its supervisor on its own. */
export type Told = Extract<ToSupervisor, { readonly type: 'ready' | 'listens' | 'setting' | 'question' }>;

/** A process of the group, from its start to its end. */
export class ServerProcess {
  readonly number: number;
  /** How many reloads there had been when it was started. */
  readonly reloads: number;
  /** Resolves once it serves; with false if it ended before. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<Ending>;
  readonly #worker: Worker;
  readonly #began = performance.now();
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #lastId = 0;
  #isServing = false;
  /** In milliseconds. */
  #shutdownTime = 0;

  /** Starts it. @param environment laid over that of this process */
  constructor(
    membership: Membership,
    reloads: number,
    environment: NodeJS.ProcessEnv,
    told: (process: ServerProcess, message: Told) => void,
  ) {
    this.number = membership.number;
    this.reloads = reloads;
    const worker = cluster.fork({ ...environment, [PROCESS_VARIABLE]: JSON.stringify(membership) });
    this.#worker = worker;
    const ready = Promise.withResolvers<boolean>();
    const ended = Promise.withResolvers<Ending>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      this.#isServing = false;
      ready.resolve(false);
      ended.resolve({ code, signal });
      for (const answer of this.#asked.values()) answer({ errors: ['it has ended'] });
    };
    worker.on('exit', (code, signal) => end(signal ? null : code, (signal || null) as NodeJS.Signals | null));
    // Also when a message could not be sent, as to one that is ending.
    worker.on('error', () => {
      if (this.pid === undefined) end(null, null);
    });
    worker.on('message', (message: ToSupervisor) => {
      if (message.type === 'answer') {
        this.#asked.get(message.id)?.(message.answer);
        return;
      }
      if (message.type === 'setting') this.#shutdownTime = message.shutdownTime;
      if (message.type === 'ready') this.#isServing = true;
      told(this, message);
      if (message.type === 'ready') ready.resolve(true);
    });
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  get isServing(): boolean {
    return this.#isServing;
  }

  /** How long it has run, in milliseconds. */
  get age(): number {
    return performance.now() - this.#began;
  }

  /** Asks it something, which it may not answer in time. */
  async ask(what: string, data?: unknown, patience: number = PATIENCE): Promise<Answer> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const late = setTimeout(() => resolve({ errors: [`no answer within ${patience / 1000} s`] }), patience);
    this.#asked.set(id, resolve);
    this.tell({ type: 'question', id, what, data });
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#asked.delete(id);
    }
  }

  tell(message: ToProcess): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => {});
  }

  /** Stops it in order, and kills it if that takes too long. */
  stop(): void {
    this.#isServing = false;
    this.#worker.process.kill('SIGTERM');
    const late = setTimeout(() => this.#worker.process.kill('SIGKILL'), this.#shutdownTime + GRACE);
    void this.ended.then(() => clearTimeout(late));
  }
}
