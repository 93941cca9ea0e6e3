/**
 * Maps message ids of an earlier schema to entry ids. A message that becomes several entries takes as many ids, and all
 * later ids move up. If there is no such message, ids stay the same.
 */
export class Renumbering {
  /** The messages that become several entries, ascending, and by how much ids from each one on move up. */
  readonly #ids: number[] = [];
  readonly #shifts: number[] = [];

  /** Records how many entries a message becomes. Call it in ascending order of ids. */
  add(id: number, entries: number): void {
    if (entries < 2) return;
    this.#ids.push(id);
    this.#shifts.push((this.#shifts.at(-1) ?? 0) + entries - 1);
  }

  /** Whether any id changes. */
  get changes(): boolean {
    return this.#ids.length > 0;
  }

  /** The id of a message's last entry, or of a position in the log. */
  last(id: number): number {
    return id + this.#shift(id);
  }

  /** The id of a message's first entry. */
  first(id: number): number {
    return this.last(id - 1) + 1;
  }

  #shift(id: number): number {
    return this.#shifts[countUpTo(id, this.#ids) - 1] ?? 0;
  }
}

/** How many of the ascending ids are at most `id`. */
export function countUpTo(id: number, ids: readonly number[]): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
