import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Cores } from './servers/cores.ts';
import type { Effort } from './workloads/workload.ts';

/**
 * Runs a script of this folder in a process of its own, on the server's cores.
 * @returns what it printed last, which is JSON
 */
export async function runScript<Result>(
  name: string,
  options: Readonly<Record<string, number | string>>,
  cores: Cores | undefined,
): Promise<Result> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const pinned = cores ? ['taskset', '-c', cores.server] : [];
  const [command = '', ...words] = [...pinned, process.execPath, file, ...args];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill();
  process.once('exit', kill);
  const printed = await text(child.stdout);
  process.off('exit', kill);
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Result;
}

/** Amounts of data, scaled. */
export function scaled(sizes: Readonly<Record<string, number>>, { scale }: Effort): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Math.ceil(size * scale)]));
}
