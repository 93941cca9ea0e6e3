import type { DatabaseSync } from 'node:sqlite';
import type { EntryRow } from './entry-rows.ts';
import { Indexer } from './indexer.ts';
import { LogEnd } from './log-end.ts';
import type { OpenFiles } from './open-files.ts';
import { Proof } from './proof.ts';
import { prepareReads, prepareWrites, type Reads, UNWRITTEN, type Writes } from './queries.ts';
import { Redactions } from './redactions.ts';
import { Tail } from './tail.ts';

/** The requests of the writing thread: its queries, a check that the database can be written, and indexing the log. */
export type WriterQuestions = Writes & {
  check(): void;
  /** Indexes the log for one slice. @param upTo an id, by default the log's end @returns it, while it is not reached */
  index(upTo?: number): number | undefined;
};

/** The requests of both threads. */
export type Questions = Reads & WriterQuestions;

/** A request's name and arguments. */
export type Request = readonly [name: string, ...values: unknown[]];

/** The result of a request, or why it failed. */
export type Outcome = { readonly value: unknown } | { readonly failed: string };

type Query = (...values: unknown[]) => unknown;

/** Makes a function that performs a request within the current transaction. @param after called after its query */
function performer(queries: object, file: string, after = () => {}): (request: Request) => Outcome {
  return ([name, ...values]) => {
    try {
      const value = (queries as Readonly<Record<string, Query>>)[name]?.(...values);
      after();
      return { value };
    } catch (error) {
      return { failed: `The database ${file} rejected a request (${name}): ${(error as Error).message}.` };
    }
  };
}

/**
 * Makes the runner of the reading thread. A batch reads one snapshot: if it saw changes halfway, a reader could miss an
 * entry that was committed between two of its queries, and never come back to it.
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

/** Runs requests in order, a batch in one transaction. */
export interface BatchRunner {
  run(requests: readonly Request[]): Outcome[];
  /** Runs a request without an fsync: if the system crashes before the next batch, it may be undone. */
  runUnsynced(request: Request): Outcome;
  /** Indexes the log for one slice if that is due, without an fsync. @returns whether it was */
  runBehind(): boolean;
  /** Finds entries that other processes have appended while this one writes nothing. */
  look(): void;
}

/**
 * Makes the runner of the writing thread. Writes of one batch share one fsync.
 * A request that fails is rolled back alone. If the commit fails, every write of the batch fails, and its reads run
 * again, so that none reports data that was not kept.
 * @param others called with entries that other processes have appended, before the outcomes of what follows them
 */
export function batchRunner(
  db: DatabaseSync,
  file: string,
  files: OpenFiles,
  others: (entries: readonly EntryRow[]) => void = () => {},
): BatchRunner {
  const end = new LogEnd(db);
  const indexer = new Indexer(db, end);
  const redactions = new Redactions(db, file);
  const index = (upTo = end.head): number | undefined => {
    if (end.indexed < upTo) indexer.step();
    return end.indexed < upTo ? upTo : undefined;
  };
  const queries = { ...prepareWrites(db, end, redactions), index };
  const flush = () => end.flush();
  const performAppend = performer(queries, file);
  const perform = performer(queries, file, flush);
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
    redactions.write();
    commit.run();
    end.commit();
  }

  function rollBack(): void {
    if (db.isTransaction) rollback.run();
    end.rollBack();
    indexer.rollBack();
    redactions.drop();
  }

  function performWithin(request: Request): Outcome {
    savepoint.run();
    const noted = redactions.length;
    const outcome = perform(request);
    if ('failed' in outcome) {
      // Some failures make SQLite roll back the whole transaction. What follows would commit one by one.
      if (!db.isTransaction) throw new Error(outcome.failed);
      undo.run();
      end.reload();
      redactions.drop(noted);
    }
    release.run();
    return outcome;
  }

  /** Performs all requests without savepoints. @returns undefined if one failed: then everything is rolled back */
  function performBoldly(requests: readonly Request[]): Outcome[] | undefined {
    beginTransaction();
    const outcomes: Outcome[] = [];
    for (const [i, request] of requests.entries()) {
      // The entries of appends in a row are written together.
      const next = requests[i + 1];
      const outcome = isAppend(request) && next && isAppend(next) ? performAppend(request) : perform(request);
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
    `The database ${file} could not be written, and nothing of this was stored: ${(error as Error).message}.`;

  function run(requests: readonly Request[]): Outcome[] {
    if (requests.every(isUnwritten)) return requests.map(perform);
    try {
      // Check before writing: a write would hide that the write-ahead log was emptied.
      const lost = files.lost();
      return lost === undefined ? performAll(requests) : fail(requests, lost);
    } catch (error) {
      rollBack();
      return fail(requests, unwritable(error));
    }
  }

  /** A check runs outside the batch, because its own write may be the one that fails. */
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

/** `PRAGMA synchronous = NORMAL`: commits do not wait for the disk, and the file stays consistent. */
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
