import { OperationalError } from 'chatserv';
import type { Request, WriterQuestions } from './batch.ts';
import type { EntryRow } from './entry-rows.ts';
import { flatten, unflatten } from './flat.ts';
import type { Reads } from './queries.ts';
import type { FromWorker, MigrationProgress, OpenedFile, ToWorker } from './serve.ts';
import type { Thread } from './threads.ts';

/** Sends a request, and resolves with its answer. */
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
  /** Identifies the open file, whatever its path. */
  readonly identity: string;
  /** Requests run, and their promises resolve, in the order of the calls. */
  readonly ask: Ask<Questions>;
  /** Like `ask`, but converts the answer as it arrives, before any later call is answered. */
  readonly askFor: <Name extends keyof Questions & string, Made>(
    make: (answer: AnswerTo<Questions, Name>) => Made,
    name: Name,
    ...values: Questions[Name] extends (...values: infer Values) => unknown ? Values : never
  ) => Promise<Made>;
  /** Like `ask`, at low priority: it runs when there are no other requests, and may resolve before it is on the disk. */
  readonly askLater: Ask<Questions>;
  /** How many requests are queued, how many were answered, and in how many batches. */
  counts(): { readonly waiting: number; readonly requests: number; readonly batches: number };
  /** Rejects new requests, runs those it has, closes the file and ends the thread. @param first awaited before that */
  close(first?: Promise<void>): Promise<void>;
}

/** Events of an open file. */
export interface FileEvents {
  /** Called with the progress of a migration that takes long. */
  migrating?(progress: MigrationProgress): void;
  /** Called once, with the reason, when the open file was removed or replaced, so that no further write will be kept. */
  lost?(why: string): void;
  /** Called within a second or so after another program has written to the file. */
  writtenByAnother?(): void;
  /** Called with entries that other processes have appended, before any entry that follows them. */
  appendedByOthers?(entries: readonly EntryRow[]): void;
  /** Called when the promises of a batch are resolved, before their callers run. */
  answered?(): void;
}

interface Call {
  readonly request: Request;
  readonly make: ((answer: never) => unknown) | undefined;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Has a thread open the database.
 * @throws one sentence when the file cannot be used
 */
export async function openClient<Questions>(
  { worker, ended: threadEnded }: Thread,
  data: OpenedFile,
  { migrating, lost, writtenByAnother, appendedByOthers, answered }: FileEvents = {},
): Promise<Client<Questions>> {
  const { file } = data;
  const opened = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  /** Calls to send with the next batch. */
  let gathered: Call[] = [];
  /** Calls of the batch that is running. */
  let waiting: Call[] = [];
  /** Calls at low priority. */
  let later: Call[] = [];
  let requests = 0;
  let batches = 0;
  /** Why calls are rejected. */
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

  /** Rejects the calls that cannot be cloned (a function among their values, say), and sends the others. */
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

  /** Requests that are still queued run first. */
  function closeWhenDone(): void {
    if (isClosing && waiting.length === 0) post('close');
  }

  /** @param value the answer, or why there is none */
  function settle(call: Call | undefined, succeeded: boolean, value: unknown): void {
    requests++;
    if (!succeeded) call?.reject(new OperationalError(value as string));
    else call?.resolve(call.make ? call.make(value as never) : value);
  }

  void threadEnded.then((how) => fail(`The thread of the database ${file} ${how}: restart the server.`));

  /** Rejects when `add` throws. */
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

  worker.ref();
  worker.postMessage(data);
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
