import { test } from 'vitest';
import { survivesKills, timeoutOf } from './kills.ts';

/** How often the server is killed; KILLS=1000 makes a long run of it. */
const KILLS = Number(process.env.KILLS ?? 25);

test(
  `killed ${KILLS} times under load, the server loses nothing that was answered sent:`,
  {
    timeout: timeoutOf(KILLS),
  },
  () => survivesKills(KILLS),
);
