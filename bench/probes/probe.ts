/**
 * Preloaded into a server. On SIGUSR2 it collects garbage and prints what the process measured of itself since the last
 * time; at the end it writes down how many bytes the process has written to files, the last checkpoint included.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { counts } from './counts.ts';

/** What a server prints on SIGUSR2, after `probe `. */
export interface Readings {
  /** By how much the event loop was late in 99 of 100 cases, in milliseconds. */
  readonly delayP99: number;
  /** Since the start, where they are counted. */
  readonly promises?: number;
  readonly clones?: number;
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
