/**
 * Preloaded into a server. On SIGUSR2 it collects garbage and prints its readings; at exit it saves the process's I/O
 * counters, which then include the last checkpoint.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { type Counts, counts } from './counts.ts';

/** Printed on SIGUSR2, after `probe `. */
export interface Readings extends Partial<Counts> {
  /** Event loop delay since the last reading, in milliseconds. */
  readonly delayP99: number;
}

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    // The histogram counts from one tick of a millisecond to the next.
    const readings: Readings = { delayP99: Math.max(delay.percentile(99) / 1e6 - 1, 0), ...counts() };
    delay.reset();
    console.log(`probe ${JSON.stringify(readings)}`);
  });
  const file = process.env.BENCH_EXIT_IO ?? '';
  process.once('exit', () => writeFileSync(file, readFileSync('/proc/self/io')));
}
