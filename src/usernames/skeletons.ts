import { readFileSync } from 'node:fs';
import { nameKey } from '../api/names.ts';
import { inOneWidth } from './name.ts';

/** Read once for the process: the table never changes. */
let prototypes: ReadonlyMap<string, string> | undefined;

/**
 * The skeletons of a name (UTS #39): two names that share one look alike. One is made from the name as shown and one from
 * its key (`nameKey`), since a capital may resemble what its small letter does not; both ignore case, as readers do.
 */
export function skeletons(name: string): string[] {
  return [...new Set([inOneWidth(name), nameKey(name)].map((form) => nameKey(skeletonOf(form))))];
}

/** UTS #39, 4: each character as the one that stands for all that look like it. */
function skeletonOf(name: string): string {
  prototypes ??= readPrototypes();
  const characters = [...name.normalize('NFD')];
  return characters.map((character) => prototypes?.get(character) ?? character).join('');
}

/** The table of confusable characters. It is read when the first user registers, not at every start. */
function readPrototypes(): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of readFileSync(new URL('confusables.txt', import.meta.url), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [points = '', others = ''] = line.split(': ');
    const prototype = text(points);
    for (const other of others.split(' ')) found.set(text(other), prototype);
  }
  return found;
}

function text(points: string): string {
  return String.fromCodePoint(...points.split(' ').map((point) => Number.parseInt(point, 16)));
}
