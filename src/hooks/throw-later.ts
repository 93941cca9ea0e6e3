/** Throws from a microtask, as an uncaught exception: the caller goes on despite another's error. */
export function throwLater(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}
