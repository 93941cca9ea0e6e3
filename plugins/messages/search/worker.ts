/**
 * The thread that holds the index, so that neither indexing nor a search blocks the event loop.
 * Nothing it imports may import values from `chatserv`, which cannot be resolved in this thread.
 */
import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { FtsIndex } from './fts-index.ts';
import { damageOf, type IndexDamage, openIndexFile } from './index-file.ts';

/** Opens an index. */
export interface OpenRequest {
  /** Undefined for an index in memory. */
  readonly file: string | undefined;
  /** Identifies the log. */
  readonly log: string;
  /** Whether to begin anew. */
  readonly fresh: boolean;
  /** The most messages. */
  readonly most: number;
}

/** The requests of the thread: those of the index, once it is open. */
export type Requests = Pick<FtsIndex, 'state' | 'apply' | 'forget' | 'ids' | 'search'> & {
  open(request: OpenRequest): void;
  close(): void;
};

/** A request, and its answer: a value, or why there is none. */
export type ToWorker = readonly [name: keyof Requests, ...values: unknown[]];
export type FromWorker = { readonly value: unknown } | { readonly failed: string; readonly damage: IndexDamage };

const port = parentPort;
if (!port) throw new Error('This file is the search index, and runs in a worker thread only.');

let db: DatabaseSync | undefined;
let opened: OpenRequest | undefined;
let index: FtsIndex | undefined;

function close(): void {
  index = undefined;
  db?.close();
  db = undefined;
}

function run([name, ...values]: ToWorker): unknown {
  if (name === 'close') return close();
  if (name === 'open') {
    const request = values[0] as OpenRequest;
    const { file, log, fresh, most } = request;
    // After a reload it is open already.
    if (index !== undefined && !fresh && isDeepStrictEqual(request, opened)) return undefined;
    close();
    db = openIndexFile(file, log, fresh);
    index = new FtsIndex(db, most);
    opened = { ...request, fresh: false };
    return undefined;
  }
  if (index === undefined) throw new Error('the search index is not open');
  return (index[name] as (...values: unknown[]) => unknown)(...values);
}

port.on('message', (request: ToWorker) => {
  let answer: FromWorker;
  try {
    answer = { value: run(request) };
  } catch (error) {
    answer = { failed: (error as Error).message, damage: damageOf(error) };
  }
  port.postMessage(answer);
});
