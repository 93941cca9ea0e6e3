import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Setup } from './scenario.ts';

/**
 * Runs a script of this folder in a process of its own, on the server's cores.
 * @param sizes amounts of data as its options, before they are scaled
 * @returns what it printed last, which is JSON: a row for each thing that it measured
 */
export async function runScript<Row>(
  name: string,
  sizes: Readonly<Record<string, number>>,
  { effort: { scale }, cores }: Setup,
): Promise<Readonly<Record<string, Row>>> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const options = Object.entries(sizes).flatMap(([name, size]) => [`--${name}`, `${Math.ceil(size * scale)}`]);
  const pinned = cores ? ['taskset', '-c', cores.server] : [];
  const [command = '', ...words] = [...pinned, process.execPath, file, ...options];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill();
  process.once('exit', kill);
  const printed = await text(child.stdout);
  process.off('exit', kill);
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Readonly<Record<string, Row>>;
}
