import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Outcome, Request } from './batch.ts';
import type { EntryRow } from './entry-rows.ts';
import { type Flat, flatten, unflatten } from './flat.ts';

/** The first message to a thread: the database that it is to open. */
export interface OpenedFile {
  /** The database's real path. */
  readonly file: string;
  /** The configured path, which may lead there over links. */
  readonly path: string;
  readonly busyTimeout: number;
  /** Whether this process owns the database. */
  readonly owned: boolean;
}

/** A later message to a thread: a batch of flattened requests, a request at low priority, or the last one. */
export type ToWorker = Flat | { readonly later: Request } | 'close';

/**
 * A message from a thread: first `opened` with the file's identity or `unopened` with the reason, after `migrating` with
 * the progress of a long migration; then the flattened outcomes of each batch, and those of requests at low priority,
 * both in the order of the requests. In between come the events of the file, see `FileEvents`.
 */
export type FromWorker =
  | { readonly migrating: MigrationProgress }
  | { readonly opened: string }
  | { readonly unopened: string }
  | { readonly lost: string }
  | { readonly writtenByAnother: true }
  | { readonly others: readonly EntryRow[] }
  | { readonly later: Outcome }
  | Flat;

/** The progress of a migration. */
export interface MigrationProgress {
  /** The size of the file. */
  readonly bytes: number;
  /** The part that is done, from 0 to 1. */
  readonly part: number;
  /** The path of the copy of the original file; undefined if none was made. */
  readonly backup?: string | undefined;
}

/** Runs the requests of a thread. */
export interface Answering {
  /** Identifies the open file. */
  readonly identity: string;
  run(requests: readonly Request[]): Outcome[];
  runUnsynced(request: Request): Outcome;
  /** Runs one slice of background work. @returns whether there was any */
  runBehind?(): boolean;
  close(): void;
}

/**
 * Serves a port that names a database.
 * @param open opens it; if it throws, the port is sent the reason as `unopened`
 */
export function serve(
  port: MessagePort,
  open: (file: OpenedFile, answer: (message: FromWorker) => void) => Answering,
): void {
  port.once('message', (file: OpenedFile) => serveFile(port, (answer) => open(file, answer)));
}

/**
 * Serves the requests of a port, everything that has arrived as one batch. Requests at low priority run one at a time
 * when there are no others, in turns with background work.
 */
function serveFile(port: MessagePort, open: (answer: (message: FromWorker) => void) => Answering): void {
  const answer = (message: FromWorker) => port.postMessage(message);
  let answering: Answering;
  try {
    answering = open(answer);
  } catch (error) {
    answer({ unopened: (error as Error).message });
    port.close();
    return;
  }
  const { run, runUnsynced, runBehind = () => false, close } = answering;
  port.on('message', (first: ToWorker) => {
    const later: Request[] = [];
    let closing = false;
    let isBehind = true;
    const receive = (): ToWorker | undefined => receiveMessageOnPort(port)?.message;
    for (
      let next: ToWorker | undefined = first;
      next !== undefined || later.length > 0 || (isBehind && !closing);
      next = receive()
    ) {
      const requests: Request[] = [];
      for (; next !== undefined; next = receive()) {
        if (next === 'close') closing = true;
        else if ('later' in next) later.push(next.later);
        else requests.push(...(unflatten(next) as Request[]));
      }
      if (requests.length > 0) answer(flatten(pairsOf(run(requests))));
      const request = later.shift();
      if (request !== undefined) answer({ later: runUnsynced(request) });
      isBehind = runBehind();
    }
    if (!closing) return;
    close();
    port.close();
  });
  answer({ opened: answering.identity });
}

/** Outcomes as pairs: `true` and the value, or `false` and the reason. */
function pairsOf(outcomes: readonly Outcome[]): unknown[] {
  const pairs: unknown[] = [];
  for (const outcome of outcomes) {
    if ('value' in outcome) pairs.push(true, outcome.value);
    else pairs.push(false, outcome.failed);
  }
  return pairs;
}
