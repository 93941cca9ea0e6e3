/** Handlers by path: an exact path, or one that ends with `/` and includes everything below it. */
export class Routes<H> {
  readonly #handlers = new Map<string, Set<H>>();

  /** Adds a handler, ahead of those that the path has. @returns removes it again */
  add(path: string, handler: H): () => void {
    const handlers = this.#handlers.get(path) ?? new Set();
    this.#handlers.set(path, handlers);
    handlers.delete(handler);
    handlers.add(handler);
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0 && this.#handlers.get(path) === handlers) this.#handlers.delete(path);
    };
  }

  find(path: string): H | undefined {
    const exact = this.#handlers.get(path);
    if (exact !== undefined) return [...exact].at(-1);
    for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      const above = this.#handlers.get(path.slice(0, end + 1));
      if (above !== undefined) return [...above].at(-1);
      if (end === 0) return undefined;
    }
    return undefined;
  }
}
