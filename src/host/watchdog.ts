import { url as debuggerUrl } from 'node:inspector';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Style } from '../logging/style.ts';
import type { CallWatcher } from './call-watcher.ts';
import type { Limits } from './limits.ts';

/** The places in the memory that both threads share. */
export const BEAT = 0;
export const CALLED = 1;
export const BLOCK_TIME = 2;
export const HANG_TIME = 3;
export const DEBUGGED = 4;

/** For how long the event loop may be held up, in milliseconds. */
export type Patience = Pick<Limits, 'blockTime' | 'hangTime'>;

/** What a cell holds. */
const MOST = 2 ** 31 - 1;

/** How often the event loop says that it is not held up, in milliseconds. */
const PULSE = 50;

/** What the watching thread is started with. */
export interface WatchdogData {
  readonly cells: SharedArrayBuffer;
  readonly style: Style;
}

/** What it is told: how a number is called. */
export interface Naming {
  readonly id: number;
  readonly plugin: string;
  readonly what: string;
}

/**
 * Names the plugin that keeps the event loop from everyone else, also while it does: a thread of its own looks on,
 * and writes to standard error. It looks at samples, and sees what runs until a handler's first wait. Where it goes on
 * for long, the thread kills the process: no signal handler runs any more, and only a supervisor can help.
 */
export class Watchdog implements CallWatcher {
  readonly #worker: Worker;
  readonly #cells: Int32Array;
  readonly #ids = new Map<string, number>();
  readonly #pulse: NodeJS.Timeout;

  /** @param style how the log is written */
  constructor(patience: Patience, style: Style) {
    const cells = new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT);
    this.#cells = new Int32Array(cells);
    this.allow(patience);
    // It is watchdog-worker.ts in the source and watchdog-worker.js in what is published.
    const file = new URL(`./watchdog-worker${extname(import.meta.filename)}`, import.meta.url);
    const workerData: WatchdogData = { cells, style };
    this.#worker = new Worker(file, { name: 'watchdog', workerData });
    this.#worker.unref();
    this.#pulse = setInterval(() => {
      // Whoever stands at a breakpoint holds up the event loop, too.
      Atomics.store(this.#cells, DEBUGGED, debuggerUrl() === undefined ? 0 : 1);
      Atomics.add(this.#cells, BEAT, 1);
    }, PULSE);
    this.#pulse.unref();
  }

  idOf(plugin: string, what: string): number {
    const key = `${plugin} ${what}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size + 1;
      this.#ids.set(key, id);
      this.#worker.postMessage({ id, plugin, what } satisfies Naming);
    }
    return id;
  }

  enter(id: number): number {
    const outer = this.#cells[CALLED] ?? 0;
    this.#cells[CALLED] = id;
    return outer;
  }

  allow({ blockTime, hangTime }: Patience): void {
    Atomics.store(this.#cells, BLOCK_TIME, Math.min(blockTime, MOST));
    Atomics.store(this.#cells, HANG_TIME, Math.min(hangTime, MOST));
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    await this.#worker.terminate();
  }
}
