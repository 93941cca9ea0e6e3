import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { OperationalError } from 'chatserv';
import type { Outcome, Questions, Request } from './batch.ts';
import type { FromWorker, ToWorker } from './serve.ts';
import type { WorkerData } from './worker.ts';

/** Asks a question, and has the answer when it is there. */
export type Ask = <Name extends keyof Questions>(
  name: Name,
  ...values: Parameters<Questions[Name]>
) => Promise<Awaited<ReturnType<Questions[Name]>>>;

/** The database in its worker thread. */
export interface Client {
  /** Names the file that is open, whatever its path. */
  readonly identity: string;
  /** Requests are done, and their promises resolve, in the order of the calls. */
  readonly ask: Ask;
  /** Asks for what has time while there are other requests, and need not be on the disk when it resolves. */
  readonly askLater: Ask;
  /** How many requests wait, how many were answered, and in how many batches. */
  counts(): { readonly waiting: number; readonly requests: number; readonly batches: number };
  /** Takes no more, does what was asked for, and then closes the file and ends the thread. @param first what ends before */
  close(first?: Promise<void>): Promise<void>;
}

/** What becomes of the file while it is open. */
export interface FileEvents {
  /** Told that a file of so many bytes is being brought to a newer schema, which takes some seconds for each GiB. */
  migrating?(bytes: number): void;
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
 * Starts a thread and opens the database there.
 * @param kind whether it may write: then it makes the file, and brings it to this version's schema
 * @throws one sentence when the file cannot be used
 */
export async function startClient(
  kind: 'worker' | 'reader',
  data: WorkerData,
  { migrating, lost, writtenByAnother }: FileEvents = {},
): Promise<Client> {
  const { file } = data;
  // It is worker.ts in the source and worker.js in what is published.
  const worker = new Worker(new URL(`./${kind}${extname(import.meta.filename)}`, import.meta.url), {
    name: kind === 'worker' ? 'sqlite' : 'sqlite-reader',
    workerData: data,
  });
  const opened = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  /** Calls of this turn of the event loop, not yet sent. */
  let gathered: Call[] = [];
  /** Calls that were sent, oldest first. */
  let waiting: Call[] = [];
  /** Those that have time. */
  let later: Call[] = [];
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
    const lost = waiting.concat(gathered, later);
    waiting = gathered = later = [];
    for (const call of lost) call.reject(new OperationalError(reason));
    opened.reject(new Error(reason));
    ended.resolve();
  }

  worker.on('message', (message: FromWorker) => {
    if ('migrating' in message) return migrating?.(message.migrating);
    if ('opened' in message) return opened.resolve(message.opened);
    if ('unopened' in message) return opened.reject(new Error(message.unopened));
    if ('lost' in message) return lost?.(message.lost);
    if ('writtenByAnother' in message) return writtenByAnother?.();
    batches++;
    if ('later' in message) settle(later.shift(), message.later);
    else for (const [i, call] of waiting.splice(0, message.length).entries()) settle(call, message[i]);
  });

  function settle(call: Call | undefined, outcome: Outcome | undefined): void {
    requests++;
    if (outcome && 'value' in outcome) call?.resolve(outcome.value);
    else call?.reject(new OperationalError(outcome?.failed));
  }

  worker.on('error', (error) =>
    fail(`The thread of the database ${file} failed (${error.message}): restart the server.`),
  );
  worker.on('exit', () => fail(`The thread of the database ${file} has ended: restart the server.`));

  /** @throws what `add` throws, as the promise's rejection */
  function call<Value>(request: Request, add: (call: Call) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (refusal !== undefined) return reject(new OperationalError(refusal));
      add({ request, resolve: resolve as Call['resolve'], reject });
    });
  }

  const identity = await opened.promise;
  return {
    identity,
    ask: (name, ...values) =>
      call([name, ...values], (call) => {
        if (gathered.length === 0) setImmediate(send);
        gathered.push(call);
      }),
    askLater: (name, ...values) =>
      call([name, ...values], (call) => {
        post({ later: call.request });
        later.push(call);
      }),
    counts: () => ({ waiting: waiting.length + gathered.length + later.length, requests, batches }),
    async close(first) {
      if (refusal === undefined) {
        refusal = `The database ${file} is closed.`;
        send();
        await first;
        post('close');
      }
      return ended.promise;
    },
  };
}
