import { Load } from '../load.ts';
import type { Workload } from './workload.ts';

/** How many fill what the server makes room for once. */
const FIRST = 1000;

/** Clients that are logged in and silent: what each one's session holds, beyond the first ones. */
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
