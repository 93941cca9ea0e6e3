import { medianOf } from '../report/statistics.ts';
import type { Workload } from './workload.ts';

/** From process start to listening: the median of as many starts as the time allows. */
export const startUp: Workload = async (start, { seconds }) => {
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; times.length === 0 || performance.now() < end; ) {
    const server = await start();
    times.push(server.startTime);
    await server.stop();
  }
  return { startMs: medianOf(times) };
};
