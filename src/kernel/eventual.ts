/** A value now or later: no promise is made where nothing waits. */
export type Eventual<T> = T | Promise<T>;

/** Whether something may be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
