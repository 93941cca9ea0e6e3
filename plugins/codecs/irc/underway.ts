import type { Clock } from 'chatserv';

/** How often a barrier looks again for lines that were received before it and could not begin. */
const ROUNDS = 4;

/** How long a barrier waits at most, in milliseconds: a line that takes longer must not hold up all clients. */
const PATIENCE = 2000;

/** A line that is being answered. */
interface Line {
  /** Who sent it. */
  readonly owner: object;
  readonly answered: PromiseWithResolvers<void>;
}

/**
 * The lines of all clients that are not answered yet. A client that has its PONG takes everything that others said before
 * its PING for delivered, also what waits for the disk: its PONG waits for that.
 */
export class Underway {
  readonly #lines = new Set<Line>();

  /** A line is to be answered. @returns a function that says it is */
  begin(owner: object): () => void {
    const line = { owner, answered: Promise.withResolvers<void>() };
    this.#lines.add(line);
    return () => this.#end(line);
  }

  /** Nothing of a client is waited for any more: it is gone, or is asked a question. */
  release(owner: object): void {
    for (const line of this.#lines) if (line.owner === owner) this.#end(line);
  }

  /** Resolves once what was received before is answered, as far as that can be told. */
  async settled(clock: Clock): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(PATIENCE, resolve);
    for (let round = 0; round < ROUNDS; round++) {
      // Sockets that are readable by now are read first.
      await new Promise(setImmediate);
      if (this.#lines.size === 0) break;
      await Promise.race([late, Promise.all([...this.#lines].map(({ answered }) => answered.promise))]);
    }
    cancel();
  }

  #end(line: Line): void {
    this.#lines.delete(line);
    line.answered.resolve();
  }
}
