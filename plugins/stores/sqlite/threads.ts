import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** A thread that opens a database once it is told which. */
export interface Thread {
  readonly worker: Worker;
  /** Resolves when the thread is over, with how: `has ended`, say. */
  readonly ended: Promise<string>;
}

/** Starts the thread that creates the file, migrates it to this version's schema, writes, and may read. */
export function startWriter(): Thread {
  return startThread('worker', 'sqlite');
}

/** Starts the thread that only reads. */
export function startReader(): Thread {
  return startThread('reader', 'sqlite-reader');
}

/** A thread keeps no process alive before it opens a database. */
function startThread(file: 'worker' | 'reader', name: string): Thread {
  // worker.ts in the source, worker.js in the published package.
  const worker = new Worker(new URL(`./${file}${extname(import.meta.filename)}`, import.meta.url), { name });
  worker.unref();
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  worker.once('error', (error) => resolve(`failed (${error.message})`)).once('exit', () => resolve('has stopped'));
  return { worker, ended };
}
