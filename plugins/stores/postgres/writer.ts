import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Duplicate, Entry } from 'chatserv';
import { type Append, append, needsOf } from './append.ts';
import { complaint, hasCollided, InDoubt, isLost, isRejection } from './complaint.ts';
import type { Database } from './database.ts';
import type { Following } from './following.ts';
import { LogTransaction } from './log-transaction.ts';

/** The most entries and characters of bodies in one batch; a single append may have more. */
const BATCH = { entries: 1000, characters: 1_000_000 };

/** How often a batch is tried that collides with others or meets a connection that was lost before. */
const ATTEMPTS = 5;

/** How long to find out whether a batch was committed, and how long to wait between attempts, in milliseconds. */
const IN_DOUBT = { most: 15_000, pause: 100 };

/** A change that runs in the log's transaction. @returns its result and the entries appended */
export type Work<Result> = (log: LogTransaction) => Promise<readonly [result: Result, entries: readonly Entry[]]>;

interface Job {
  /** An append, which shares its statements with its neighbours, or another change. */
  readonly does: Append | Work<unknown>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Outcome = { readonly value: unknown; readonly entries: readonly Entry[] } | { readonly error: Error };

/**
 * Writes to the log, one transaction at a time: what comes meanwhile shares the next one. Nothing is answered before its
 * commit. A batch whose commit is in doubt, because the connection broke, is looked up by its number before it is tried
 * again.
 */
export class Writer {
  batches = 0;
  readonly #database: Database;
  readonly #following: Following;
  /** Identifies this process's batches. */
  readonly epoch: string = randomUUID();
  #queue: Job[] = [];
  /** The result of the last job. */
  #last: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;

  constructor(database: Database, following: Following) {
    this.#database = database;
    this.#following = following;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  append(does: Append): Promise<readonly Entry[] | Duplicate> {
    return this.#add(does) as Promise<readonly Entry[] | Duplicate>;
  }

  change<Result>(does: Work<Result>): Promise<Result> {
    return this.#add(does as Work<unknown>) as Promise<Result>;
  }

  /** Passes on what other processes have appended. A batch under way does that itself. */
  async look(): Promise<void> {
    if (this.#running !== undefined) return;
    // Ids become visible in their order, so nothing is missing below the last one.
    this.#running = this.#following.catchUp(this.#database).finally(() => this.#ended());
    await this.#running;
  }

  /** Passes on what other processes have appended before the call. Simultaneous calls share a look. */
  async catchUp(): Promise<void> {
    // What is under way may have read the head before; what begins after it has not.
    await this.#running?.catch(() => {});
    await (this.#running ?? this.look());
  }

  /** Resolves when everything is done that was asked for so far. */
  async settled(): Promise<void> {
    await this.#last.catch(() => {});
  }

  #add(does: Job['does']): Promise<unknown> {
    const job = new Promise((resolve, reject) => {
      this.#queue.push({ does, resolve, reject });
      this.#start();
    });
    this.#last = job;
    return job;
  }

  #start(): void {
    if (this.#running !== undefined || this.#queue.length === 0) return;
    // A moment later, so that what is asked for at once shares a transaction.
    this.#running = Promise.resolve()
      .then(() => this.#run())
      .finally(() => this.#ended());
  }

  #ended(): void {
    this.#running = undefined;
    // What came in the meantime.
    this.#start();
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const jobs = this.#take();
      settle(jobs, await this.#outcomesOf(jobs, true));
    }
  }

  /** Takes jobs from the queue that fit into a batch. @param batch those that are in it already */
  #take(batch: readonly Job[] = []): Job[] {
    return this.#queue.splice(0, batchLength(this.#queue, batch));
  }

  /**
   * Runs a batch. If the database rejects a value in it, its jobs are run one by one, so that only the bad one fails.
   * @param grows whether jobs that come while it waits for the lock are added to it
   */
  async #outcomesOf(jobs: Job[], grows: boolean): Promise<readonly Outcome[]> {
    try {
      return await this.#commit(jobs, grows);
    } catch (cause) {
      if (jobs.length === 1 || !isRejection(cause)) {
        const error = complaint(this.#database.name, cause);
        return jobs.map(() => ({ error }));
      }
      const outcomes: Outcome[] = [];
      for (const job of jobs) outcomes.push(...(await this.#outcomesOf([job], false)));
      return outcomes;
    }
  }

  async #commit(jobs: Job[], grows: boolean): Promise<readonly Outcome[]> {
    const batch = ++this.batches;
    const deadline = performance.now() + IN_DOUBT.most;
    /** The outcomes of an attempt that may have been committed. */
    let doubtful: readonly Outcome[] | undefined;
    for (let attempt = 1; ; attempt++) {
      let outcomes: readonly Outcome[] = [];
      try {
        await this.#database.transactOnce(async (transaction) => {
          const log = await LogTransaction.begin(transaction);
          // The lock is free, so the transaction of the last attempt is over.
          if (doubtful !== undefined && (await this.#isCommitted(log, batch))) outcomes = doubtful;
          else {
            doubtful = undefined;
            if (grows) jobs.push(...this.#take(jobs));
            await this.#following.catchUp(transaction, log.head);
            outcomes = await perform(log, jobs);
            await log.finish(this.epoch, batch);
          }
          const first = entriesIn(outcomes)[0];
          if (first !== undefined) await this.#following.catchUp(transaction, first.id - 1);
        });
        this.#following.told(entriesIn(outcomes));
        return outcomes;
      } catch (error) {
        if (error instanceof InDoubt) doubtful = outcomes;
        const isOver =
          doubtful === undefined
            ? attempt >= ATTEMPTS || !(hasCollided(error) || (isLost(error) && attempt === 1))
            : performance.now() > deadline;
        if (isOver) throw doubtful === undefined ? error : new InDoubt((error as Error).message, { cause: error });
        if (doubtful !== undefined) await after(IN_DOUBT.pause);
      }
    }
  }

  async #isCommitted({ transaction }: LogTransaction, batch: number): Promise<boolean> {
    const [row] = await transaction.query<{ batch: number }>('SELECT batch FROM writer WHERE epoch = $1', [this.epoch]);
    return row?.batch === batch;
  }
}

/** Performs jobs in order. Appends that follow one another load what they need together. */
async function perform(log: LogTransaction, jobs: readonly Job[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < jobs.length; ) {
    const { does } = jobs[at] as Job;
    if (typeof does === 'function') {
      outcomes.push(await workedOn(log, does));
      at++;
      continue;
    }
    const appends: Append[] = [];
    for (; at < jobs.length; at++) {
      const { does } = jobs[at] as Job;
      if (typeof does === 'function') break;
      appends.push(does);
    }
    await log.load(needsOf(appends));
    for (const one of appends) outcomes.push(appended(log, one));
  }
  return outcomes;
}

function appended(log: LogTransaction, one: Append): Outcome {
  try {
    const value = append(log, one);
    return { value, entries: 'duplicateOf' in value ? [] : value };
  } catch (error) {
    return { error: error as Error };
  }
}

async function workedOn(log: LogTransaction, work: Work<unknown>): Promise<Outcome> {
  try {
    const [value, entries] = await work(log);
    return { value, entries };
  } catch (error) {
    // An error of a statement ends the transaction; others are thrown before anything is written.
    if ('severity' in (error as object) || isLost(error)) throw error;
    return { error: error as Error };
  }
}

function entriesIn(outcomes: readonly Outcome[]): Entry[] {
  return outcomes.flatMap((outcome) => ('entries' in outcome ? outcome.entries : []));
}

function settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
  for (const [i, { resolve, reject }] of jobs.entries()) {
    const outcome = outcomes[i] as Outcome;
    if ('error' in outcome) reject(outcome.error);
    else resolve(outcome.value);
  }
}

/** How many jobs fit into a batch, at least one if it is empty. @param batch those that are in it already */
function batchLength(jobs: readonly Job[], batch: readonly Job[]): number {
  let [entries, characters] = [0, 0];
  const places = [...batch, ...jobs].findIndex(({ does }, i) => {
    if (typeof does !== 'function') {
      entries += does.entries.length;
      for (const { body } of does.entries) characters += body.length;
    }
    return i > 0 && (entries > BATCH.entries || characters > BATCH.characters);
  });
  return places < 0 ? jobs.length : Math.max(0, places - batch.length);
}
