import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { IndexFailure } from './index-failure.ts';
import type { FromWorker, Requests, ToWorker } from './worker.ts';

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The thread of an index, which starts with the first request. Requests run in the order of the calls. */
export class IndexThread {
  #worker: Worker | undefined;
  #calls: Call[] = [];
  #isClosed = false;

  /** Sends a request, and resolves with its answer. @throws IndexFailure */
  ask<Name extends keyof Requests>(
    name: Name,
    ...values: Parameters<Requests[Name]>
  ): Promise<ReturnType<Requests[Name]>> {
    if (this.#isClosed) return Promise.reject(new IndexFailure('the search index is closed'));
    this.#worker ??= this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#calls.push({ resolve, reject });
    this.#worker.postMessage([name, ...values] satisfies ToWorker);
    return promise as Promise<ReturnType<Requests[Name]>>;
  }

  /** Closes the index after the requests before, and ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    worker?.ref();
    const closed = worker && this.ask('close').catch(() => {});
    this.#isClosed = true;
    await closed;
    await worker?.terminate();
  }

  #start(): Worker {
    // worker.ts in the source, worker.js in the published package.
    const worker = new Worker(new URL(`./worker${extname(import.meta.filename)}`, import.meta.url), {
      name: 'search',
      // Texts are garbage at once; a small young generation keeps little of it.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
    });
    worker.unref();
    const lose = (why: string) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      const calls = this.#calls;
      this.#calls = [];
      for (const { reject } of calls) reject(new IndexFailure(`the thread of the search index ${why}`));
    };
    worker.on('message', (answer: FromWorker) => {
      const call = this.#calls.shift();
      if ('value' in answer) call?.resolve(answer.value);
      else call?.reject(new IndexFailure(answer.failed, answer.damage));
    });
    worker.once('error', (error) => lose(`failed: ${error.message}`)).once('exit', () => lose('has stopped'));
    return worker;
  }
}
