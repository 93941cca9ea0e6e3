import type { Entry } from './talk.ts';

/**
 * Adds a message where it belongs: those that the server stores in the order of their ids, which everyone reads, and at
 * the end those still to be sent. Any other comes after all that is there.
 */
export function place(entries: Entry[], entry: Entry): void {
  let at = entries.length;
  if (entry.state !== 'waiting') while (entries[at - 1]?.state === 'waiting') at--;
  if (entry.id !== undefined) at = before(entries, entry.id, at);
  entries.splice(at, 0, entry);
}

/** The position of the first message with a greater id; `end` if there is none. */
function before(entries: readonly Entry[], id: number, end: number): number {
  let at = end;
  for (let index = end - 1; index >= 0; index--) {
    const other = entries[index]?.id;
    if (other === undefined) continue;
    if (other < id) break;
    at = index;
  }
  return at;
}
