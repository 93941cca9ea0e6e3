import type { DatabaseSync } from 'node:sqlite';
import type { EntryRow } from './entry-rows.ts';
import { Indexer } from './indexer.ts';
import { LogEnd } from './log-end.ts';
import type { OpenFiles } from './open-files.ts';
import { Proof } from './proof.ts';
import { prepareReads, prepareWrites, type Reads, UNWRITTEN, type Writes } from './queries.ts';
import { Tail } from './tail.ts';

/**
 * What can be asked of the thread that writes: its queries, whether the database can be written, and to index the log up
 * to where it ends, a part at a time.
 */
export type WriterQuestions = Writes & {
  check(): void;
  /** @param upTo an id; without it, the log's end @returns it, when it is not reached yet */
  index(upTo?: number): number | undefined;
};

/** What can be asked of either thread. */
export type Questions = Reads & WriterQuestions;

/** A question's name and what it is asked with. */
export type Request = readonly [name: string, ...values: unknown[]];

/** What became of a request. */
export type Outcome = { readonly value: unknown } | { readonly failed: string };

/** Makes what performs a request, in whatever transaction there is. */
function performer(queries: object, file: string): (request: Request) => Outcome {
  return ([name, ...values]) => {
    try {
      const query = (queries as Readonly<Record<string, (...values: unknown[]) => unknown>>)[name];
      return { value: query?.(...values) };
    } catch (error) {
      return { failed: `The database ${file} did not take a request (${name}): ${(error as Error).message}.` };
    }
  };
}

/**
 * Makes what reads over a connection of its own. A batch sees one state of the database: between two looks of an inbox
 * an entry could come in that the first misses, and that is not read again when the second finds a later one.
 */
export function snapshotRunner(db: DatabaseSync, file: string): (requests: readonly Request[]) => Outcome[] {
  const tail = new Tail(db);
  const perform = performer(prepareReads(db, tail), file);
  return (requests) => {
    db.exec('BEGIN');
    try {
      tail.refresh();
      return requests.map(perform);
    } finally {
      db.exec('COMMIT');
    }
  };
}

/** Runs requests in their order, a batch in one transaction. */
export interface BatchRunner {
  run(requests: readonly Request[]): Outcome[];
  /** Does not wait for the disk: a crash of the system may undo what the next batch does not follow. */
  runUnsynced(request: Request): Outcome;
  /** Does a part of what is to be done behind the log, unsynced, where there is something. @returns whether there was */
  runBehind(): boolean;
  /** Finds entries that others have appended, where nothing is run for a while. */
  look(): void;
}

/**
 * Makes the runner of a database. Whoever writes at one moment shares one fsync.
 * A request that fails leaves nothing behind and fails alone. Where the commit fails, every write of the batch did,
 * and the reads are done again, so that none has seen what is not there.
 * @param others told of the entries that other processes have appended, before the outcomes of what is appended after them
 */
export function batchRunner(
  db: DatabaseSync,
  file: string,
  files: OpenFiles,
  others: (entries: readonly EntryRow[]) => void = () => {},
): BatchRunner {
  const end = new LogEnd(db);
  const indexer = new Indexer(db, end);
  const index = (upTo = end.head): number | undefined => {
    if (end.indexed < upTo) indexer.step();
    return end.indexed < upTo ? upTo : undefined;
  };
  const perform = performer({ ...prepareWrites(db, end), index }, file);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const savepoint = db.prepare('SAVEPOINT request');
  const undo = db.prepare('ROLLBACK TO request');
  const release = db.prepare('RELEASE request');
  const proof = new Proof(db);
  const synchronous = Number(db.prepare('PRAGMA synchronous').get()?.synchronous);

  function beginTransaction(): void {
    begin.run();
    const entries = end.catchUp();
    if (entries.length > 0) others(entries);
  }

  function commitTransaction(): void {
    commit.run();
    end.commit();
  }

  function rollBack(): void {
    if (db.isTransaction) rollback.run();
    end.rollBack();
    indexer.rollBack();
  }

  function performWithin(request: Request): Outcome {
    savepoint.run();
    const outcome = perform(request);
    if ('failed' in outcome) {
      // Some failures make SQLite take back the whole transaction. What followed would be committed one by one.
      if (!db.isTransaction) throw new Error(outcome.failed);
      undo.run();
      end.reload();
    }
    release.run();
    return outcome;
  }

  /** All of them as if none could fail, which spares a savepoint each; nothing when one did. */
  function performBoldly(requests: readonly Request[]): Outcome[] | undefined {
    beginTransaction();
    const outcomes: Outcome[] = [];
    for (const request of requests) {
      const outcome = perform(request);
      outcomes.push(outcome);
      if ('value' in outcome) continue;
      rollBack();
      return undefined;
    }
    commitTransaction();
    return outcomes;
  }

  function performAll(requests: readonly Request[]): Outcome[] {
    const outcomes = performBoldly(requests);
    if (outcomes !== undefined) return outcomes;
    beginTransaction();
    const carefully = requests.map(performWithin);
    commitTransaction();
    return carefully;
  }

  function fail(requests: readonly Request[], failed: string): Outcome[] {
    proof.doubt();
    return requests.map((request) => (isUnwritten(request) ? perform(request) : { failed }));
  }

  const unwritable = (error: unknown) =>
    `The database ${file} could not be written, nothing of this is kept: ${(error as Error).message}.`;

  function run(requests: readonly Request[]): Outcome[] {
    if (requests.every(isUnwritten)) return requests.map(perform);
    try {
      // A write would hide that the log was emptied: it goes on where the last one ended.
      const lost = files.lost();
      return lost === undefined ? performAll(requests) : fail(requests, lost);
    } catch (error) {
      rollBack();
      return fail(requests, unwritable(error));
    }
  }

  /** A check is no part of a batch: what it writes may be what does not fit. */
  function check(): Outcome {
    try {
      const lost = files.lost();
      if (lost !== undefined) return { failed: lost };
      proof.demand();
      return { value: undefined };
    } catch (error) {
      return { failed: unwritable(error) };
    }
  }

  function runAll(requests: readonly Request[]): Outcome[] {
    if (indexer.isFull && requests.some(isAppend)) while (indexer.isFull && 'value' in runUnsynced(INDEX));
    if (!requests.some(isCheck)) return run(requests);
    const others = run(requests.filter((request) => !isCheck(request)));
    const checked = check();
    return requests.map((request) => (isCheck(request) ? checked : (others.shift() as Outcome)));
  }

  function runUnsynced(request: Request): Outcome {
    db.exec(`PRAGMA synchronous = ${Math.min(synchronous, NORMAL)}`);
    try {
      return run([request])[0] as Outcome;
    } finally {
      db.exec(`PRAGMA synchronous = ${synchronous}`);
    }
  }

  return {
    run: runAll,
    runUnsynced,
    runBehind() {
      if (!indexer.isDue) return false;
      let outcome = runUnsynced(INDEX);
      while (indexer.lags && 'value' in outcome) outcome = runUnsynced(INDEX);
      return 'value' in outcome;
    },
    look() {
      db.exec('BEGIN');
      try {
        const entries = end.catchUp();
        if (entries.length > 0) others(entries);
      } finally {
        db.exec('COMMIT');
      }
    },
  };
}

const INDEX: Request = ['index'];

/** SQLite's number for a commit that waits for the disk only where it has to, to keep the file sound. */
const NORMAL = 1;

function isCheck([name]: Request): boolean {
  return name === 'check';
}

function isAppend([name]: Request): boolean {
  return name === 'append';
}

function isUnwritten([name]: Request): boolean {
  return (UNWRITTEN as ReadonlySet<string>).has(name);
}
