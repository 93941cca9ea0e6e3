/**
 * How ids of an earlier schema become those of this one: a message that becomes several entries takes as many ids, and all
 * after it move up. Where no message does, ids stay as they are.
 */
export class Renumbering {
  /** The messages that become several entries, rising, and by how much ids from there on are greater. */
  readonly #ids: number[] = [];
  readonly #shifts: number[] = [];

  /** Notes that a message, later than all noted before, becomes so many entries. */
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
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] as number) <= id) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#shifts[low - 1] as number);
  }
}
