/** With BENCH_COUNTS, counts promises and structured clones in every thread of a server. */
import { promiseHooks } from 'node:v8';
import { getEnvironmentData, isMainThread, MessagePort, setEnvironmentData } from 'node:worker_threads';

/** The key under which threads share the counts. */
const KEY = 'bench counts';
const [PROMISES, CLONES] = [0, 1];

const counted = process.env.BENCH_COUNTS ? count() : undefined;

/** @returns the counts of all threads since the start */
export function counts(): { promises: number; clones: number } | undefined {
  return counted && { promises: counted[PROMISES] ?? 0, clones: counted[CLONES] ?? 0 };
}

function count(): Int32Array {
  if (isMainThread) setEnvironmentData(KEY, new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const shared = new Int32Array(getEnvironmentData(KEY) as unknown as SharedArrayBuffer);
  promiseHooks.onInit(() => void Atomics.add(shared, PROMISES, 1));
  // Worker.postMessage() calls this too.
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: Parameters<typeof postMessage>) {
    Atomics.add(shared, CLONES, 1);
    return postMessage.apply(this, args);
  } as typeof postMessage;
  const { structuredClone: clone } = globalThis;
  globalThis.structuredClone = ((...args: Parameters<typeof clone>) => {
    Atomics.add(shared, CLONES, 1);
    return clone(...args);
  }) as typeof clone;
  return shared;
}
