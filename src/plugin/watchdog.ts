import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Style } from '../log/style.ts';
import type { Watching } from './guard.ts';

/** The places in the memory that both threads share. */
export const BEAT = 0;
export const CALLED = 1;
export const ALLOWED = 2;

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
 * and writes to standard error. It looks at samples, and sees what runs until a handler's first wait.
 */
export class Watchdog implements Watching {
  readonly #worker: Worker;
  readonly #cells: Int32Array;
  readonly #ids = new Map<string, number>();
  readonly #pulse: NodeJS.Timeout;

  /** @param blockTime how long the event loop may be held up, in milliseconds @param style how the log is written */
  constructor(blockTime: number, style: Style) {
    const cells = new SharedArrayBuffer(12);
    this.#cells = new Int32Array(cells);
    this.allow(blockTime);
    // It is watchdog-worker.ts in the source and watchdog-worker.js in what is published.
    const file = new URL(`./watchdog-worker${extname(import.meta.filename)}`, import.meta.url);
    const workerData: WatchdogData = { cells, style };
    this.#worker = new Worker(file, { name: 'watchdog', workerData });
    this.#worker.unref();
    this.#pulse = setInterval(() => Atomics.add(this.#cells, BEAT, 1), PULSE);
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

  allow(blockTime: number): void {
    Atomics.store(this.#cells, ALLOWED, blockTime);
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    await this.#worker.terminate();
  }
}
