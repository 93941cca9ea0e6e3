import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Outcome, Request } from './batch.ts';

/** What a thread is sent: requests, one that has time until no other is there, or that there will be no more. */
export type ToWorker = readonly Request[] | { readonly later: Request } | 'close';

/**
 * What it answers: first how the opening went, with the file's identity, and before that, where it takes a while, that a
 * large file is being migrated; then the outcomes of requests, and those of later ones, each in the order in which they
 * came. In between it reports that another program has written to the file and, once, why nothing is kept any more.
 */
export type FromWorker =
  | { readonly migrating: number }
  | { readonly opened: string }
  | { readonly unopened: string }
  | { readonly lost: string }
  | { readonly writtenByAnother: true }
  | { readonly later: Outcome }
  | Outcome[];

/** What answers requests. */
export interface Answering {
  /** Names the file that is open. */
  readonly identity: string;
  run(requests: readonly Request[]): Outcome[];
  runUnsynced(request: Request): Outcome;
  close(): void;
}

/**
 * Answers what comes in on a port, all that is there at once. Later ones are done one at a time, each when nothing else
 * is there.
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
  const { run, runUnsynced, close } = answering;
  port.on('message', (first: ToWorker) => {
    const later: Request[] = [];
    let closing = false;
    const receive = (): ToWorker | undefined => receiveMessageOnPort(port)?.message;
    for (let next: ToWorker | undefined = first; next !== undefined || later.length > 0; next = receive()) {
      const requests: Request[] = [];
      for (; next !== undefined; next = receive()) {
        if (next === 'close') closing = true;
        else if ('later' in next) later.push(next.later);
        else for (const request of next) requests.push(request);
      }
      if (requests.length > 0) answer(run(requests));
      const request = later.shift();
      if (request !== undefined) answer({ later: runUnsynced(request) });
    }
    if (!closing) return;
    close();
    port.close();
  });
  answer({ opened: answering.identity });
}
