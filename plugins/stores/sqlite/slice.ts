/** How many rows one request may visit, and for how long, in milliseconds, before others get their turn. */
const ROWS = 1000;
const TIME = 2;

/** As how many rows one counts that is removed: its pages, several, are written at the commit. */
const REMOVED = 14;

/** What is left of a request's turn. Long work runs as several requests, each of which goes on where the last one ended. */
export class Slice {
  readonly #end = performance.now() + TIME;
  #rows = ROWS;

  /** Whether the turn is over. It never is before one row was visited, so that each turn gets somewhere. */
  get isOver(): boolean {
    return this.#rows < ROWS && (this.#rows <= 0 || performance.now() >= this.#end);
  }

  /** Notes that rows are visited. */
  visit(rows = 1): void {
    this.#rows -= rows;
  }

  /** Notes that a visited row is removed. */
  remove(): void {
    this.#rows -= REMOVED - 1;
  }
}

/** The most accounts that one request gives. */
export const ACCOUNTS_AT_ONCE = 500;
