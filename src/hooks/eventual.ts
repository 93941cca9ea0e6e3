/** A value or a promise of it, so that synchronous handlers cost no promise. */
export type Eventual<T> = T | Promise<T>;

/** Whether a value is a promise, or any other thenable. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
