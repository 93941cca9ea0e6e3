import { readFileSync } from 'node:fs';
import { nameKey } from '../api/names.ts';
import { inOneWidth } from './name.ts';

let prototypes: ReadonlyMap<string, string> | undefined;

/**
 * What a name may be mistaken for: names that have one of these in common look alike. They are UTS #39's skeletons of
 * the name as it is shown and of its key (`nameKey`), for a capital may look like what its small letter does not,
 * and both without regard to case, for that is how people read names.
 */
export function likenesses(name: string): string[] {
  return [...new Set([inOneWidth(name), nameKey(name)].map((form) => nameKey(skeleton(form))))];
}

/** UTS #39, 4: each character as the one that stands for all that look like it. */
function skeleton(name: string): string {
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
