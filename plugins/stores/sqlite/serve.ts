import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Outcome, Request } from './batch.ts';
import type { EntryRow } from './entry-rows.ts';
import { flatten, unflatten } from './flat.ts';

/** What a thread is sent: requests, flat, one that has time until no other is there, or that there will be no more. */
export type ToWorker = readonly unknown[] | { readonly later: Request } | 'close';

/**
 * What it answers: first how the opening went, with the file's identity, and before that, where it takes a while, how far
 * the migration of a file has come; then the outcomes of requests, flat, and those of later ones, each in the order in which
 * they came. In between it reports entries that another process has appended, that another program has written to the file and,
 * once, why nothing is kept any more.
 */
export type FromWorker =
  | { readonly migrating: MigrationProgress }
  | { readonly opened: string }
  | { readonly unopened: string }
  | { readonly lost: string }
  | { readonly writtenByAnother: true }
  | { readonly others: readonly EntryRow[] }
  | { readonly later: Outcome }
  | unknown[];

/** How far the migration of a file has come. */
export interface MigrationProgress {
  /** The size of the file. */
  readonly bytes: number;
  /** How much of it is done, from 0 to 1. */
  readonly part: number;
  /** Where the copy of the file as it was is; undefined where none was made. */
  readonly backup?: string | undefined;
}

/** What answers requests. */
export interface Answering {
  /** Names the file that is open. */
  readonly identity: string;
  run(requests: readonly Request[]): Outcome[];
  runUnsynced(request: Request): Outcome;
  /** Does a part of what is to be done when no request is there. @returns whether there was something */
  runBehind?(): boolean;
  close(): void;
}

/**
 * Answers what comes in on a port, all that is there at once. Later ones are done one at a time, each when nothing else
 * is there; what is to be done behind takes turns with them.
 * @param open opens what answers, and may send more @throws what is sent as the reason why it could not be opened
 */
export function serve(port: MessagePort, open: (answer: (message: FromWorker) => void) => Answering): void {
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

/** Outcomes as they are sent: of each, whether there is a value, and that or why not. */
function pairsOf(outcomes: readonly Outcome[]): unknown[] {
  const pairs: unknown[] = [];
  for (const outcome of outcomes) {
    if ('value' in outcome) pairs.push(true, outcome.value);
    else pairs.push(false, outcome.failed);
  }
  return pairs;
}
