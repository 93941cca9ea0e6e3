/**
 * The thread on which the database is written, so that no fsync stands in the way of the event loop.
 * Nothing that it imports may import values from `chatserv`: in a thread of its own nobody answers for that.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { batchRunner, type Outcome, type Request } from './batch.ts';
import { openDatabase } from './open.ts';

/** What the worker is started with. */
export interface WorkerData {
  readonly file: string;
  readonly busyTimeout: number;
}

/** What it is sent: requests, or that there will be no more. */
export type ToWorker = readonly Request[] | 'close';

/** What it answers: first how the opening went, then the outcomes of requests in the order in which those came. */
export type FromWorker = 'open' | { readonly unopened: string } | Outcome[];

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');
const { file, busyTimeout } = workerData as WorkerData;
const answer = (message: FromWorker) => port.postMessage(message);

try {
  const db = openDatabase(file, busyTimeout);
  const run = batchRunner(db, file);
  port.on('message', (first: ToWorker) => {
    let next: ToWorker | undefined = first;
    const requests: Request[] = [];
    for (; Array.isArray(next); next = receiveMessageOnPort(port)?.message) {
      for (const request of next) requests.push(request);
    }
    if (requests.length > 0) answer(run(requests));
    if (next === 'close') {
      // The last connection takes the write-ahead log into the database as it closes.
      db.close();
      port.close();
    }
  });
  answer('open');
} catch (error) {
  answer({ unopened: (error as Error).message });
  port.close();
}
