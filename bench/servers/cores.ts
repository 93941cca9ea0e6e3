/** Keeps the server and the load apart, where there are two cores or more and taskset (util-linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Cores {
  /** Lists as taskset takes them. */
  readonly server: string;
  readonly load: string;
}

/** Moves this process to its cores. @returns undefined where that cannot be done */
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
