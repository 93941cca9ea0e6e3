/**
 * Flattens nested arrays into one, which is three times cheaper to send to another thread. An array becomes `undefined`,
 * its length and its values; `undefined` becomes `undefined` and -1; everything else stays as it is.
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

/** Restores what `flatten` was given. */
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
