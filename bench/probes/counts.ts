/**
 * With BENCH_COUNTS, counts promises and structured clones in every thread of a server, writes to its sockets and, where
 * slow-fsync.c is preloaded with a file to count in, fsyncs.
 */
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { promiseHooks } from 'node:v8';
import { getEnvironmentData, isMainThread, MessagePort, setEnvironmentData } from 'node:worker_threads';

/** The key under which threads share the counts. */
const KEY = 'bench counts';
const NAMES = ['promises', 'clones', 'writes'] as const;
const [PROMISES, CLONES, WRITES] = [0, 1, 2];

/** Since the start. */
export interface Counts extends Record<(typeof NAMES)[number], number> {
  readonly fsyncs?: number;
}

const counted = process.env.BENCH_COUNTS ? count() : undefined;

/** @returns the counts of all threads */
export function counts(): Counts | undefined {
  if (counted === undefined) return undefined;
  const file = process.env.FSYNC_COUNT_FILE;
  const all = Object.fromEntries(NAMES.map((name, i) => [name, counted[i]])) as unknown as Counts;
  return file === undefined ? all : { ...all, fsyncs: statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
}

function count(): Int32Array {
  const bytes = NAMES.length * Int32Array.BYTES_PER_ELEMENT;
  if (isMainThread) setEnvironmentData(KEY, new SharedArrayBuffer(bytes));
  const shared = new Int32Array(getEnvironmentData(KEY) as unknown as SharedArrayBuffer);
  const add = (which: number) => void Atomics.add(shared, which, 1);
  promiseHooks.onInit(() => add(PROMISES));
  // Worker.postMessage() calls this too.
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: Parameters<typeof postMessage>) {
    add(CLONES);
    return postMessage.apply(this, args);
  } as typeof postMessage;
  const { structuredClone: clone } = globalThis;
  globalThis.structuredClone = ((...args: Parameters<typeof clone>) => {
    add(CLONES);
    return clone(...args);
  }) as typeof clone;
  // A stream calls one of them for each write to the system. Imported, the module would add to what is not counted.
  const { Socket } = process.getBuiltinModule('node:net');
  for (const name of ['_write', '_writev'] as const) {
    const write = Socket.prototype[name] as (...args: unknown[]) => void;
    Socket.prototype[name] = function (this: Socket, ...args: unknown[]) {
      add(WRITES);
      write.apply(this, args);
    };
  }
  return shared;
}
