/**
 * The thread on which the database is written, so that no fsync stands in the way of the event loop.
 * Nothing that it imports may import values from `chatserv`: in a thread of its own nobody answers for that.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { batchRunner, type Outcome, type Request } from './batch.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';
import { writesOfOthers } from './others.ts';

/** How often the files are looked at while nothing is written, in milliseconds. */
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

/** What it is sent: requests, or that there will be no more. */
export type ToWorker = readonly Request[] | 'close';

/**
 * What it answers: first how the opening went, with the file's identity; then the outcomes of requests in the order in
 * which those came. In between it says that another program has written to the file, and, once, why nothing is kept any more.
 */
export type FromWorker =
  | { readonly opened: string }
  | { readonly unopened: string }
  | { readonly lost: string }
  | { readonly writtenByAnother: true }
  | Outcome[];

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');
const { file, path, busyTimeout, owned } = workerData as WorkerData;
const answer = (message: FromWorker) => port.postMessage(message);

try {
  const db = openDatabase(file, busyTimeout, owned);
  const files = new OpenFiles(db, file, path, (lost) => answer({ lost }));
  const run = batchRunner(db, file, files);
  const othersWrote = writesOfOthers(db);
  const looking = setInterval(() => {
    try {
      files.lost();
      if (othersWrote()) answer({ writtenByAnother: true });
    } catch {
      // What cannot be looked at fails the next write, which says so.
    }
  }, LOOK_EVERY);
  port.on('message', (first: ToWorker) => {
    let next: ToWorker | undefined = first;
    const requests: Request[] = [];
    for (; Array.isArray(next); next = receiveMessageOnPort(port)?.message) {
      for (const request of next) requests.push(request);
    }
    if (requests.length > 0) answer(run(requests));
    if (next === 'close') {
      clearInterval(looking);
      // The last connection takes the write-ahead log into the database as it closes.
      db.close();
      port.close();
    }
  });
  answer({ opened: files.identity });
} catch (error) {
  answer({ unopened: (error as Error).message });
  port.close();
}
