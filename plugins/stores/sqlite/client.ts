import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { OperationalError } from 'chatserv';
import type { Questions, Request } from './batch.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker.ts';

/** The database in its worker thread. */
export interface Client {
  /** Names the file that is open, whatever its path. */
  readonly identity: string;
  /** Asks a question. Requests are done, and their promises resolve, in the order of the calls. */
  ask<Name extends keyof Questions>(
    name: Name,
    ...values: Parameters<Questions[Name]>
  ): Promise<Awaited<ReturnType<Questions[Name]>>>;
  /** How many requests wait, how many were answered, and in how many batches. */
  counts(): { readonly waiting: number; readonly requests: number; readonly batches: number };
  /** Does what was asked for, closes the file and ends the thread. */
  close(): Promise<void>;
}

/** What becomes of the file while it is open. */
export interface FileEvents {
  /** Told why, once, when nothing that is written from then on is kept: the file is not the one that is open any more. */
  lost?(why: string): void;
  /** Called when another program has written to the file, within a second or so. */
  writtenByAnother?(): void;
}

interface Call {
  readonly request: Request;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Starts the worker and opens the database.
 * @throws one sentence when the file cannot be used
 */
export async function startClient(data: WorkerData, { lost, writtenByAnother }: FileEvents): Promise<Client> {
  const { file } = data;
  // It is worker.ts in the source and worker.js in what is published.
  const worker = new Worker(new URL(`./worker${extname(import.meta.filename)}`, import.meta.url), {
    name: 'sqlite',
    workerData: data,
  });
  const opened = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  /** Calls of this turn of the event loop, not yet sent. */
  let gathered: Call[] = [];
  /** Calls that were sent, oldest first. */
  let waiting: Call[] = [];
  let requests = 0;
  let batches = 0;
  /** Why no more calls are taken. */
  let refusal: string | undefined;

  const post = (message: ToWorker) => worker.postMessage(message);

  function send(): void {
    const calls = gathered;
    gathered = [];
    if (calls.length === 0) return;
    try {
      post(calls.map((call) => call.request));
    } catch {
      sendSingly(calls);
      return;
    }
    for (const call of calls) waiting.push(call);
  }

  /** One of them cannot be sent to another thread (a function in its values, say): the others shall not suffer for it. */
  function sendSingly(calls: readonly Call[]): void {
    for (const call of calls) {
      try {
        post([call.request]);
        waiting.push(call);
      } catch (error) {
        call.reject(error as Error);
      }
    }
  }

  function fail(reason: string): void {
    refusal ??= reason;
    const lost = waiting.concat(gathered);
    waiting = gathered = [];
    for (const call of lost) call.reject(new OperationalError(reason));
    opened.reject(new Error(reason));
    ended.resolve();
  }

  worker.on('message', (message: FromWorker) => {
    if ('opened' in message) return opened.resolve(message.opened);
    if ('unopened' in message) return opened.reject(new Error(message.unopened));
    if ('lost' in message) return lost?.(message.lost);
    if ('writtenByAnother' in message) return writtenByAnother?.();
    batches++;
    requests += message.length;
    for (const [i, call] of waiting.splice(0, message.length).entries()) {
      const outcome = message[i];
      if (outcome && 'value' in outcome) call.resolve(outcome.value);
      else call.reject(new OperationalError(outcome?.failed));
    }
  });
  worker.on('error', (error) =>
    fail(`The thread of the database ${file} failed (${error.message}): restart the server.`),
  );
  worker.on('exit', () => fail(`The thread of the database ${file} has ended: restart the server.`));

  const identity = await opened.promise;
  return {
    identity,
    ask: (name, ...values) =>
      new Promise((resolve, reject) => {
        if (refusal !== undefined) return reject(new OperationalError(refusal));
        if (gathered.length === 0) setImmediate(send);
        gathered.push({ request: [name, ...values], resolve: resolve as Call['resolve'], reject });
      }),
    counts: () => ({ waiting: waiting.length + gathered.length, requests, batches }),
    close() {
      if (refusal === undefined) {
        refusal = `The database ${file} is closed.`;
        send();
        post('close');
      }
      return ended.promise;
    },
  };
}
