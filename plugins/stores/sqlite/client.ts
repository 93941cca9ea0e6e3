import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { OperationalError } from 'chatserv';
import type { Request, WriterQuestions } from './batch.ts';
import type { EntryRow } from './entry-rows.ts';
import { flatten, unflatten } from './flat.ts';
import type { Reads } from './queries.ts';
import type { FromWorker, MigrationProgress, ToWorker } from './serve.ts';
import type { WorkerData } from './worker.ts';

/** Asks a question, and has the answer when it is there. */
export type Ask<Questions> = <Name extends keyof Questions>(
  name: Name,
  ...values: Questions[Name] extends (...values: infer Values) => unknown ? Values : never
) => Promise<AnswerTo<Questions, Name>>;

type AnswerTo<Questions, Name extends keyof Questions> = Questions[Name] extends (...values: never[]) => infer Answer
  ? Answer
  : never;

/** The thread that writes the database. */
export type Writer = Client<WriterQuestions>;

/** The thread that reads it. */
export type Reader = Client<Reads>;

/** The database in a worker thread. */
export interface Client<Questions> {
  /** Names the file that is open, whatever its path. */
  readonly identity: string;
  /** Requests are done, and their promises resolve, in the order of the calls. */
  readonly ask: Ask<Questions>;
  /** Asks, and makes something of the answer right when it is there, before anybody else has the answer to a later call. */
  readonly askFor: <Name extends keyof Questions & string, Made>(
    make: (answer: AnswerTo<Questions, Name>) => Made,
    name: Name,
    ...values: Questions[Name] extends (...values: infer Values) => unknown ? Values : never
  ) => Promise<Made>;
  /** Asks for what has time while there are other requests, and need not be on the disk when it resolves. */
  readonly askLater: Ask<Questions>;
  /** How many requests wait, how many were answered, and in how many batches. */
  counts(): { readonly waiting: number; readonly requests: number; readonly batches: number };
  /** Takes no more, does what was asked for, and then closes the file and ends the thread. @param first what ends before */
  close(first?: Promise<void>): Promise<void>;
}

/** What becomes of the file while it is open. */
export interface FileEvents {
  /** Told now and then how far a large file has been brought to a newer schema. */
  migrating?(progress: MigrationProgress): void;
  /** Told why, once, when nothing that is written from then on is kept: the file is not the one that is open any more. */
  lost?(why: string): void;
  /** Called when another program has written to the file, within a second or so. */
  writtenByAnother?(): void;
  /** Told of entries that other processes have appended, before any that is appended after them. */
  appendedByOthers?(entries: readonly EntryRow[]): void;
  /** Called when all answers of a batch are given, before anything that awaits one of them goes on. */
  answered?(): void;
}

interface Call {
  readonly request: Request;
  readonly make: ((answer: never) => unknown) | undefined;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Starts a thread and opens the database there.
 * @param kind whether it may write: then it makes the file, and brings it to this version's schema
 * @throws one sentence when the file cannot be used
 */
export async function startClient<Questions>(
  kind: 'worker' | 'reader',
  data: WorkerData,
  { migrating, lost, writtenByAnother, appendedByOthers, answered }: FileEvents = {},
): Promise<Client<Questions>> {
  const { file } = data;
  // It is worker.ts in the source and worker.js in what is published.
  const worker = new Worker(new URL(`./${kind}${extname(import.meta.filename)}`, import.meta.url), {
    name: kind === 'worker' ? 'sqlite' : 'sqlite-reader',
    workerData: data,
  });
  const opened = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  /** Calls that are not sent yet: of this turn of the event loop, or while a batch is under way. */
  let gathered: Call[] = [];
  /** The batch that is under way. */
  let waiting: Call[] = [];
  /** Those that have time. */
  let later: Call[] = [];
  let requests = 0;
  let batches = 0;
  /** Why no more calls are taken. */
  let refusal: string | undefined;
  let isClosing = false;

  const post = (message: ToWorker) => worker.postMessage(message);

  function send(): void {
    if (gathered.length === 0 || waiting.length > 0) return;
    waiting = gathered;
    gathered = [];
    try {
      post(flatten(waiting.map((call) => call.request)));
    } catch {
      sendSendable();
    }
  }

  /** One of them cannot be sent to another thread (a function in its values, say): the others shall not suffer for it. */
  function sendSendable(): void {
    const calls = waiting;
    waiting = [];
    for (const call of calls) {
      try {
        structuredClone(call.request);
        waiting.push(call);
      } catch (error) {
        call.reject(error as Error);
      }
    }
    if (waiting.length > 0) post(flatten(waiting.map((call) => call.request)));
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
    if ('others' in message) return appendedByOthers?.(message.others);
    batches++;
    if ('later' in message) {
      const outcome = message.later;
      return 'value' in outcome
        ? settle(later.shift(), true, outcome.value)
        : settle(later.shift(), false, outcome.failed);
    }
    const calls = waiting;
    waiting = [];
    const outcomes = unflatten(message) as readonly unknown[];
    for (let i = 0; i < calls.length; i++) settle(calls[i], outcomes[2 * i] === true, outcomes[2 * i + 1]);
    answered?.();
    send();
    closeWhenDone();
  });

  /** What was asked for goes before: also what waits for the batch that is under way. */
  function closeWhenDone(): void {
    if (isClosing && waiting.length === 0) post('close');
  }

  /** @param value the answer, or why there is none */
  function settle(call: Call | undefined, succeeded: boolean, value: unknown): void {
    requests++;
    if (!succeeded) call?.reject(new OperationalError(value as string));
    else call?.resolve(call.make ? call.make(value as never) : value);
  }

  worker.on('error', (error) =>
    fail(`The thread of the database ${file} failed (${error.message}): restart the server.`),
  );
  worker.on('exit', () => fail(`The thread of the database ${file} has ended: restart the server.`));

  /** @throws what `add` throws, as the promise's rejection */
  function call<Value>(request: Request, add: (call: Call) => void, make?: (answer: never) => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (refusal !== undefined) return reject(new OperationalError(refusal));
      add({ request, make, resolve: resolve as Call['resolve'], reject });
    });
  }

  function gather(call: Call): void {
    if (gathered.length === 0 && waiting.length === 0) setImmediate(send);
    gathered.push(call);
  }

  const identity = await opened.promise;
  return {
    identity,
    ask: (name, ...values) => call([name as string, ...values], gather),
    askFor: (make, name, ...values) => call([name, ...values], gather, make),
    askLater: (name, ...values) =>
      call([name as string, ...values], (call) => {
        post({ later: call.request });
        later.push(call);
      }),
    counts: () => ({ waiting: waiting.length + gathered.length + later.length, requests, batches }),
    async close(first) {
      if (refusal === undefined) {
        refusal = `The database ${file} is closed.`;
        await first;
        send();
        isClosing = true;
        closeWhenDone();
      }
      return ended.promise;
    },
  };
}
