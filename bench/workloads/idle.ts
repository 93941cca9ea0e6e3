import { Load } from '../load.ts';
import type { Workload } from './workload.ts';

/** Sessions that pay for what the server allocates once. */
const FIRST = 1000;

/** The memory of each further idle session. */
export function idle(more: number): Workload {
  return async (start, { scale }) => {
    const server = await start();
    const load = new Load(server);
    const memory = async () => {
      await server.probe();
      return server.memory();
    };
    const alone = await memory();
    await load.logIn(Math.ceil(FIRST * scale));
    const before = await memory();
    const { length } = await load.logIn(Math.ceil(more * scale));
    const after = await memory();
    load.close();
    await server.stop();
    return { kbPerSession: (after - before) / length, processMb: alone / 1024, processOf1000Mb: before / 1024 };
  };
}
