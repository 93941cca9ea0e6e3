/** The most rows a request may visit, and the most time it may take in milliseconds, before others run. */
const ROWS = 1000;
const TIME = 2;

/** How many visited rows a removed one costs, because the commit writes its pages. */
const REMOVED = 14;

/** The budget of one request. Long work runs as several requests, each of which continues where the last one ended. */
export class Slice {
  readonly #end = performance.now() + TIME;
  #rows = ROWS;

  /** Whether the budget is used up. It never is before the first row, so that every slice makes progress. */
  get isOver(): boolean {
    return this.#rows < ROWS && (this.#rows <= 0 || performance.now() >= this.#end);
  }

  /** Counts visited rows. */
  visit(rows = 1): void {
    this.#rows -= rows;
  }

  /** Counts the removal of a visited row. */
  remove(): void {
    this.#rows -= REMOVED - 1;
  }
}
