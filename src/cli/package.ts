import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The root of this package, from the source and from what is built. */
export const ROOT = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url);

/** The version of this package. */
export function version(): string {
  return (JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string }).version;
}

/** A path for a person: relative to the current folder if it is below it, else as it is. */
export function near(path: string): string {
  const from = relative('', path);
  return from.startsWith('..') ? path : from;
}
