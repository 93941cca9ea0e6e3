/** Throws where nobody catches it, so that what called does not end for another's mistake. */
export function throwLater(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}
