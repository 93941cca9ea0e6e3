/**
 * The thread on which the database is written, so that no fsync stands in the way of the event loop.
 * Nothing that it imports may import values from `chatserv`: in a thread of its own nobody answers for that.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { batchRunner } from './batch.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';
import { writesOfOthers } from './others.ts';
import { serve } from './serve.ts';

/** How often the files, and what others have written, are looked at while nothing is written, in milliseconds. */
const LOOK_EVERY = 1000;

/** What the worker is started with. */
export interface WorkerData {
  /** The database's real path. */
  readonly file: string;
  /** A path that leads there, over links. */
  readonly path: string;
  readonly busyTimeout: number;
  /** Whether this process owns the database. */
  readonly owned: boolean;
}

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');
const { file, path, busyTimeout, owned } = workerData as WorkerData;

serve(port, (answer) => {
  const db = openDatabase(file, busyTimeout, owned, (migrating) => answer({ migrating }));
  const files = new OpenFiles(db, file, path, (lost) => answer({ lost }));
  const runner = batchRunner(db, file, files, (others) => answer({ others }));
  const othersWrote = writesOfOthers(db);
  runner.look();
  // Requests come in between.
  const goOn = () => {
    if (runner.runBehind()) setImmediate(goOn);
  };
  const looking = setInterval(() => {
    try {
      files.lost();
      if (othersWrote()) answer({ writtenByAnother: true });
      runner.look();
      goOn();
    } catch {
      // What cannot be looked at fails the next write, which says so.
    }
  }, LOOK_EVERY);
  return {
    identity: files.identity,
    ...runner,
    close() {
      clearInterval(looking);
      // The last connection takes the write-ahead log into the database as it closes.
      db.close();
    },
  };
});
