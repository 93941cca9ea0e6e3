import { type Eventual, isPromise } from './eventual.ts';

/** A handler, which takes as many of these arguments as its hook has. */
export type Tap = (first: unknown, second: unknown, third: unknown) => unknown;

/** One call of a phase: runs its handlers in order. One that returns a promise holds back those after it. */
export class Series {
  /** Settles when the handlers so far have; undefined while none was waited for. */
  running: Promise<void> | undefined;

  /** Whether the handlers after this one need not run. */
  protected get isOver(): boolean {
    return false;
  }

  /** Takes the result of a handler. */
  protected take(_result: unknown): void {}

  /** Runs the next handler. @throws what it throws, if it runs at once */
  next(handler: Tap, first: unknown, second: unknown, third: unknown): void {
    if (this.running === undefined) this.running = this.#run(handler, first, second, third);
    else this.running = this.running.then(() => this.#run(handler, first, second, third));
  }

  #run(handler: Tap, first: unknown, second: unknown, third: unknown): Promise<void> | undefined {
    if (this.isOver) return undefined;
    const result = handler(first, second, third);
    if (isPromise(result)) return Promise.resolve(result).then((late) => this.take(late));
    this.take(result);
    return undefined;
  }
}

/** A call whose first result counts. */
export class FirstResult extends Series {
  #result: unknown;

  protected override get isOver(): boolean {
    return this.#result !== undefined;
  }

  protected override take(result: unknown): void {
    this.#result = result;
  }

  result(): Eventual<unknown> {
    return this.running === undefined ? this.#result : this.running.then(() => this.#result);
  }
}
