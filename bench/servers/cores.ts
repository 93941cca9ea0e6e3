/** Pins the server and the load to different cores, where there are two and taskset (util-linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Cores {
  /** As taskset's --cpu-list. */
  readonly server: string;
  readonly load: string;
}

/** Pins this process. @returns undefined where that is not possible */
export function pin(): Cores | undefined {
  const allowed = readFileSync('/proc/self/status', 'utf8').match(/Cpus_allowed_list:\s+(\S+)/)?.[1] ?? '';
  const cores = allowed.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (cores.length < 2) return undefined;
  const half = Math.ceil(cores.length / 2);
  const load = cores.slice(half).join();
  try {
    execFileSync('taskset', ['-acp', load, String(process.pid)], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { server: cores.slice(0, half).join(), load };
}
