/** A value or a promise of it, so that synchronous handlers cost no promise. */
export type Eventual<T> = T | Promise<T>;

/** Work that yields what it waits for, where an async function would await it. */
export type Steps<T> = Generator<unknown, T, unknown>;

/** Whether a value is a promise, or any other thenable. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Runs steps. They continue with what a yielded promise resolves to, and at once with any other value, so that steps that
 * wait for nothing cost no promise.
 * @returns their result, a promise only if they waited
 * @throws what they throw before they wait
 */
export function eventually<T>(steps: Steps<T>): Eventual<T> {
  return advance(steps, steps.next());
}

/** Like `eventually`, for callers that expect a promise. */
export function promised<T>(steps: Steps<T>): Promise<T> {
  try {
    return Promise.resolve(eventually(steps));
  } catch (cause) {
    return Promise.reject(cause);
  }
}

function advance<T>(steps: Steps<T>, next: IteratorResult<unknown, T>): Eventual<T> {
  let step = next;
  while (!step.done) {
    const { value } = step;
    if (isPromise(value)) {
      const waiting = value instanceof Promise ? value : Promise.resolve(value);
      return waiting.then(
        (result) => advance(steps, steps.next(result)),
        (cause) => advance(steps, steps.throw(cause)),
      );
    }
    step = steps.next(value);
  }
  return step.value;
}
