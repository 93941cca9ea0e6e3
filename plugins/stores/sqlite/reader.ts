/**
 * The thread that reads the database over a connection of its own: it sees committed data and never waits for a commit.
 * Nothing that it imports may import values from `chatserv`, as in worker.ts.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { type Outcome, type Request, snapshotRunner } from './batch.ts';
import { serve } from './serve.ts';

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');

serve(port, ({ file, busyTimeout }) => {
  // Opened at the first request: by then the other thread has created and migrated the file.
  let db: DatabaseSync | undefined;
  let runner: ReturnType<typeof snapshotRunner> | undefined;
  function run(requests: readonly Request[]): Outcome[] {
    try {
      db ??= new DatabaseSync(file, { readOnly: true, timeout: busyTimeout });
      runner ??= snapshotRunner(db, file);
      return runner(requests);
    } catch (error) {
      const failed = `The database ${file} could not be read: ${(error as Error).message}.`;
      return requests.map(() => ({ failed }));
    }
  }
  return {
    identity: '',
    run,
    runUnsynced: (request) => run([request])[0] as Outcome,
    close: () => db?.close(),
  };
});
