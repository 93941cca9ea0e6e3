import { readdir, readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the event loop's delay is measured, in milliseconds. */
const RESOLUTION = 10;

/** What the operating system and Node tell of this process. */
export interface ProcessFacts {
  /** By how much the event loop was late since it was asked before, in seconds: p50, p99 and max. */
  readonly delays: readonly (readonly [of: string, seconds: number])[];
  readonly cpu: number;
  readonly started: number;
  readonly memory: { readonly resident: number; readonly heap: number };
  /** Where the system tells: open file descriptors, and how many there may be. */
  readonly descriptors: { readonly open: number; readonly most: number } | undefined;
}

/** Looks at this process, from now on. */
export function watchProcess(signal: AbortSignal): () => Promise<ProcessFacts> {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
  loop.enable();
  signal.addEventListener('abort', () => loop.disable());
  // The same after a reload, or it would pass for a start.
  const started = performance.timeOrigin / 1000;
  return async () => {
    // What the histogram measures of a loop that is never late is its own resolution.
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
    const delays = [
      ['p50', late(loop.percentile(50))],
      ['p99', late(loop.percentile(99))],
      ['max', late(loop.max)],
    ] as const;
    loop.reset();
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      delays,
      cpu: (user + system) / 1e6,
      started,
      memory: { resident: rss, heap: heapUsed },
      descriptors: await descriptors(),
    };
  };
}

async function descriptors(): Promise<ProcessFacts['descriptors']> {
  try {
    const [open, limits] = await Promise.all([readdir('/proc/self/fd'), readFile('/proc/self/limits', 'utf8')]);
    return { open: open.length, most: Number(/^Max open files +(\d+)/m.exec(limits)?.[1]) };
  } catch {
    return undefined;
  }
}
