import type { Entry, NewEntry } from '../../index.ts';

/** The log as its contract describes it, with no thought for speed. */
export class Model {
  readonly #said: (NewEntry & { readonly id: number })[] = [];
  readonly #since = new Map<number, number>();
  readonly #cursors = new Map<number, number>();

  join(account: number, end: number): void {
    this.#since.set(account, end);
    this.#cursors.set(account, end);
  }

  append(id: number, entry: NewEntry): void {
    this.#said.push({ id, ...entry });
  }

  read(account: number, after: number, limit: number): Entry[] {
    return this.#said
      .filter(({ id }) => id > after && id > (this.#since.get(account) ?? 0))
      .filter(({ audience, sender }) => (audience === 'everyone' ? sender !== account : audience.includes(account)))
      .slice(0, limit)
      .map(({ audience, ...entry }) => ({ ...entry, everyone: audience === 'everyone' }));
  }

  cursor(account: number): number {
    return this.#cursors.get(account) ?? 0;
  }

  moveCursors(moves: readonly (readonly [account: number, id: number, handed: number])[]): void {
    for (const [account, to] of moves) this.#cursors.set(account, Math.max(this.cursor(account), to));
  }
}
