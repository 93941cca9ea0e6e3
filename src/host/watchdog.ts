import { url as debuggerUrl } from 'node:inspector';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Style } from '../logging/style.ts';
import type { CallWatcher } from './call-watcher.ts';
import type { Limits } from './limits.ts';

/** The cells of the memory that both threads share. */
export const BEAT = 0;
export const CALLED = 1;
export const STALL = 2;
export const HANG_TIME = 3;
export const DEBUGGED = 4;
export const NAMES_LENGTH = 5;

/** How long the event loop may be blocked, in milliseconds. */
export type Patience = Pick<Limits, 'eventLoopStall' | 'hangTime'>;

/** The greatest value of a cell. */
const MOST = 2 ** 31 - 1;

/** The room for the names of calls, in bytes: some 5,000 names. A call whose name finds no room is not named. */
const NAMES_BYTES = 2 ** 17;

/** How often the event loop signals that it runs, in milliseconds. */
const PULSE = 50;

/** The data that the watching thread starts with. */
export interface WatchdogData {
  readonly cells: SharedArrayBuffer;
  /** The plugin and what it does, for each number from 1, each followed by a zero byte. A message would wake the thread. */
  readonly names: SharedArrayBuffer;
  readonly style: Style;
  readonly process: number | undefined;
}

/**
 * Names the plugin that blocks the event loop, also while it does: a separate thread takes samples of the code that runs
 * until a handler's first await, and writes to standard error. When the block lasts for too long, the thread kills the
 * process: no signal handler runs any more, and only a supervisor can help.
 */
export class Watchdog implements CallWatcher {
  readonly #worker: Worker;
  readonly #cells: Int32Array;
  readonly #names: Buffer;
  readonly #ids = new Map<string, number>();
  readonly #pulse: NodeJS.Timeout;

  /** @param style the style of the log @param process the number of this process, for the log, if it is one of several */
  constructor(patience: Patience, style: Style, process?: number) {
    const cells = new SharedArrayBuffer(6 * Int32Array.BYTES_PER_ELEMENT);
    const names = new SharedArrayBuffer(NAMES_BYTES);
    this.#cells = new Int32Array(cells);
    this.#names = Buffer.from(names);
    this.allow(patience);
    // watchdog-worker.ts in the source, watchdog-worker.js in the package.
    const file = new URL(`./watchdog-worker${extname(import.meta.filename)}`, import.meta.url);
    const workerData: WatchdogData = { cells, names, style, process };
    this.#worker = new Worker(file, { name: 'watchdog', workerData });
    this.#worker.unref();
    this.#pulse = setInterval(() => {
      // A breakpoint blocks the event loop too.
      Atomics.store(this.#cells, DEBUGGED, debuggerUrl() === undefined ? 0 : 1);
      Atomics.add(this.#cells, BEAT, 1);
    }, PULSE);
    this.#pulse.unref();
  }

  idOf(plugin: string, what: string): number {
    const name = `${plugin}\0${what}\0`;
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#ids.size + 1;
      this.#ids.set(name, id);
      const length = this.#cells[NAMES_LENGTH] ?? 0;
      Atomics.store(this.#cells, NAMES_LENGTH, length + this.#names.write(name, length));
    }
    return id;
  }

  enter(id: number): number {
    const outer = this.#cells[CALLED] ?? 0;
    this.#cells[CALLED] = id;
    return outer;
  }

  allow({ eventLoopStall, hangTime }: Patience): void {
    Atomics.store(this.#cells, STALL, Math.min(eventLoopStall, MOST));
    Atomics.store(this.#cells, HANG_TIME, Math.min(hangTime, MOST));
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    await this.#worker.terminate();
  }
}
