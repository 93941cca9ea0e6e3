import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file of the first of these programs that the path has; undefined where it has none. */
export function onPath(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}
