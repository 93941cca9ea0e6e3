/** Who is online, as far as the server tells. */
export class People {
  #names = new Set<string>();

  get names(): readonly string[] {
    return [...this.#names];
  }

  /** The whole list. @returns how it differs from the one before */
  set(names: readonly string[]): { came: string[]; left: string[] } {
    const now = new Set(names);
    const came = [...now].filter((name) => !this.#names.has(name));
    const left = [...this.#names].filter((name) => !now.has(name));
    this.#names = now;
    return { came, left };
  }

  /** A change of it. @returns what is new of the change */
  change(came: readonly string[], left: readonly string[]): { came: string[]; left: string[] } {
    const now = new Set(this.#names);
    for (const name of left) now.delete(name);
    for (const name of came) now.add(name);
    return this.set([...now]);
  }
}
