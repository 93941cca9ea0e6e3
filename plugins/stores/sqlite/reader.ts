/**
 * The thread that reads the database over a connection of its own: it sees committed data and never waits for a commit.
 * Nothing that it imports may import values from `chatserv`, as in worker.ts.
 */
import { parentPort } from 'node:worker_threads';
import type { Outcome } from './batch.ts';
import { serve } from './serve.ts';
import { Snapshots } from './snapshots.ts';

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');

serve(port, (opened) => {
  const snapshots = new Snapshots(opened);
  return {
    identity: '',
    run: (requests) => snapshots.run(requests),
    runUnsynced: (request) => snapshots.run([request])[0] as Outcome,
    close: () => snapshots.close(),
  };
});
