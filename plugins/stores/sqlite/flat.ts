/**
 * Makes one array of nested ones, which costs a third to send to another thread: an array stands there as `undefined`, its
 * length and its values, and `undefined` as itself and -1. What else there is stays as it is.
 */
export function flatten(value: unknown): unknown[] {
  const flat: unknown[] = [];
  write(value, flat);
  return flat;
}

function write(value: unknown, flat: unknown[]): void {
  if (value === undefined) flat.push(undefined, -1);
  else if (Array.isArray(value)) {
    flat.push(undefined, value.length);
    for (let i = 0; i < value.length; i++) write(value[i], flat);
  } else flat.push(value);
}

/** What was made flat. */
export function unflatten(flat: readonly unknown[]): unknown {
  let at = 0;
  function read(): unknown {
    const value = flat[at++];
    if (value !== undefined) return value;
    const length = flat[at++] as number;
    if (length < 0) return undefined;
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(read());
    return values;
  }
  return read();
}
