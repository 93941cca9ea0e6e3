import { readdir, readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the event loop's delay is measured, in milliseconds. */
const RESOLUTION = 10;

/** Statistics of this process from the operating system and Node. */
export interface ProcessFacts {
  /** The delay of the event loop since the last call, in seconds: p50, p99 and max. */
  readonly delays: readonly (readonly [of: string, seconds: number])[];
  readonly cpu: number;
  readonly started: number;
  readonly memory: { readonly resident: number; readonly heap: number };
  /** Open file descriptors and their limit, if the system reports them. */
  readonly descriptors: { readonly open: number; readonly most: number } | undefined;
}

/** Starts measuring this process. @returns reads the statistics */
export function watchProcess(signal: AbortSignal): () => Promise<ProcessFacts> {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
  loop.enable();
  signal.addEventListener('abort', () => loop.disable());
  // Unchanged by a reload, which must not look like a start.
  const started = performance.timeOrigin / 1000;
  return async () => {
    // For a loop that is never late, the histogram reports its own resolution.
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
