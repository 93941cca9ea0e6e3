import type { DatabaseSync } from 'node:sqlite';
import type { OpenFiles } from './open-files.ts';
import { Proof } from './proof.ts';
import { prepareQueries, type Queries, READS } from './queries.ts';

/** What can be asked: the queries, and whether the database can be written. */
export type Questions = Queries & { check(): void };

/** A question's name and what it is asked with. */
export type Request = readonly [name: keyof Questions, ...values: unknown[]];

/** What became of a request. */
export type Outcome = { readonly value: unknown } | { readonly failed: string };

/** Performs a request, in whatever transaction there is. */
function performer(db: DatabaseSync, file: string): (request: Request) => Outcome {
  const queries = prepareQueries(db);
  return ([name, ...values]) => {
    try {
      return { value: (queries[name as keyof Queries] as (...values: unknown[]) => unknown)(...values) };
    } catch (error) {
      return { failed: `The database ${file} did not take a request (${name}): ${(error as Error).message}.` };
    }
  };
}

/**
 * Makes what reads over a connection of its own. A batch sees one state of the database: between two looks of an inbox
 * a message could come in that the first misses, and that is not read again when the second finds a later one.
 */
export function snapshotRunner(db: DatabaseSync, file: string): (requests: readonly Request[]) => Outcome[] {
  const perform = performer(db, file);
  return (requests) => {
    db.exec('BEGIN');
    try {
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
}

/**
 * Makes the runner of a database. Whoever writes at one moment shares one fsync.
 * A request that fails leaves nothing behind and fails alone. Where the commit fails, every write of the batch did,
 * and the reads are done again, so that none has seen what is not there.
 */
export function batchRunner(db: DatabaseSync, file: string, files: OpenFiles): BatchRunner {
  const perform = performer(db, file);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const savepoint = db.prepare('SAVEPOINT request');
  const undo = db.prepare('ROLLBACK TO request');
  const release = db.prepare('RELEASE request');
  const proof = new Proof(db);

  function performWithin(request: Request): Outcome {
    savepoint.run();
    const outcome = perform(request);
    if ('failed' in outcome) {
      // Some failures make SQLite take back the whole transaction. What followed would be committed one by one.
      if (!db.isTransaction) throw new Error(outcome.failed);
      undo.run();
    }
    release.run();
    return outcome;
  }

  /** All of them as if none could fail, which spares a savepoint each; nothing when one did. */
  function performBoldly(requests: readonly Request[]): Outcome[] | undefined {
    begin.run();
    const outcomes: Outcome[] = [];
    for (const request of requests) {
      const outcome = perform(request);
      outcomes.push(outcome);
      if ('value' in outcome) continue;
      if (db.isTransaction) rollback.run();
      return undefined;
    }
    commit.run();
    return outcomes;
  }

  function performAll(requests: readonly Request[]): Outcome[] {
    const outcomes = performBoldly(requests);
    if (outcomes !== undefined) return outcomes;
    begin.run();
    const carefully = requests.map(performWithin);
    commit.run();
    return carefully;
  }

  function fail(requests: readonly Request[], failed: string): Outcome[] {
    proof.doubt();
    return requests.map((request) => (isRead(request) ? perform(request) : { failed }));
  }

  const unwritable = (error: unknown) =>
    `The database ${file} could not be written, nothing of this is kept: ${(error as Error).message}.`;

  function run(requests: readonly Request[]): Outcome[] {
    if (requests.every(isRead)) return requests.map(perform);
    try {
      // A write would hide that the log was emptied: it goes on where the last one ended.
      const lost = files.lost();
      return lost === undefined ? performAll(requests) : fail(requests, lost);
    } catch (error) {
      if (db.isTransaction) rollback.run();
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
    if (!requests.some(isCheck)) return run(requests);
    const others = run(requests.filter((request) => !isCheck(request)));
    const checked = check();
    return requests.map((request) => (isCheck(request) ? checked : (others.shift() as Outcome)));
  }

  return {
    run: runAll,
    runUnsynced(request) {
      db.exec('PRAGMA synchronous = NORMAL');
      try {
        return run([request])[0] as Outcome;
      } finally {
        db.exec('PRAGMA synchronous = FULL');
      }
    },
  };
}

function isCheck([name]: Request): boolean {
  return name === 'check';
}

function isRead([name]: Request): boolean {
  return (READS as ReadonlySet<string>).has(name);
}
