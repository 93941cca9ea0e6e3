import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** A thread that opens a database once it is told which. */
export interface Thread {
  readonly worker: Worker;
  /** Resolves when the thread is over, with how: `has ended`, say. */
  readonly ended: Promise<string>;
}

/** The threads of one database. */
export interface Threads {
  /** It creates the file, migrates it to this version's schema, and writes. */
  readonly writer: Thread;
  readonly reader: Thread;
}

/** Starts the threads for a database. They keep no process alive before they open it. */
export function startThreads(): Threads {
  return { writer: startThread('worker', 'sqlite'), reader: startThread('reader', 'sqlite-reader') };
}

function startThread(file: 'worker' | 'reader', name: string): Thread {
  // worker.ts in the source, worker.js in the published package.
  const worker = new Worker(new URL(`./${file}${extname(import.meta.filename)}`, import.meta.url), { name });
  worker.unref();
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  worker.once('error', (error) => resolve(`failed (${error.message})`)).once('exit', () => resolve('has stopped'));
  return { worker, ended };
}
