/**
 * The thread that reads the database over a connection of its own: it sees what is committed, and waits for no commit.
 * Nothing that it imports may import values from `chatserv`, as in worker.ts.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type Outcome, performer, type Request } from './batch.ts';
import { serve } from './serve.ts';
import type { WorkerData } from './worker.ts';

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');
const { file, busyTimeout } = workerData as WorkerData;

serve(port, () => {
  // At the first request: by then the other thread has made the file what it is to be.
  let open: { readonly db: DatabaseSync; readonly perform: ReturnType<typeof performer> } | undefined;
  function perform(request: Request): Outcome {
    try {
      if (open === undefined) {
        const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeout });
        open = { db, perform: performer(db, file) };
      }
    } catch (error) {
      return { failed: `The database ${file} could not be opened to read it: ${(error as Error).message}.` };
    }
    return open.perform(request);
  }
  return {
    identity: '',
    run: (requests) => requests.map(perform),
    runUnsynced: perform,
    close: () => open?.db.close(),
  };
});
