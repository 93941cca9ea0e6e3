/**
 * A value on its way to another thread: its strings joined to few texts, a code for everything in it, and what has no code:
 * objects and byte arrays. Cloning costs by the number of strings and objects, so this is cheap to clone.
 */
export type Flat = readonly [texts: readonly string[], codes: Float64Array, others?: readonly unknown[]];

// The codes. A number from 0 on is its own code.
const UNDEFINED = -1;
const NULL = -2;
const TRUE = -3;
const FALSE = -4;
/** The next code is a number. */
const NUMBER = -5;
const OTHER = -6;
/** A string of n characters is STRING - 2n, an array of n values ARRAY - 2n. */
const STRING = -8;
const ARRAY = -9;

/**
 * The most characters of strings that are joined. Whoever keeps one of them, as a session keeps its user's name, keeps the
 * whole text in memory.
 */
const JOINED = 1024;

/** Where codes are written first, one per thread: arrays that grow are slower. */
let buffer = new Float64Array(4096);

/** Flattens a value: nested arrays of anything that can be cloned. */
export function flatten(value: unknown): Flat {
  let length = 0;
  const texts: string[] = [];
  let text = '';
  let others: unknown[] | undefined;

  function add(code: number): void {
    if (length === buffer.length) {
      const full = buffer;
      buffer = new Float64Array(2 * length);
      buffer.set(full);
    }
    buffer[length++] = code;
  }

  function write(value: unknown): void {
    if (typeof value === 'number') {
      if (!(value >= 0)) add(NUMBER);
      add(value);
    } else if (typeof value === 'string') {
      add(STRING - 2 * value.length);
      if (text.length + value.length > JOINED) {
        texts.push(text);
        text = '';
      }
      text += value;
    } else if (value === null) add(NULL);
    else if (value === undefined) add(UNDEFINED);
    else if (typeof value === 'boolean') add(value ? TRUE : FALSE);
    else if (Array.isArray(value)) {
      add(ARRAY - 2 * value.length);
      for (let i = 0; i < value.length; i++) write(value[i]);
    } else {
      add(OTHER);
      others ??= [];
      others.push(value);
    }
  }

  write(value);
  texts.push(text);
  const codes = buffer.slice(0, length);
  return others === undefined ? [texts, codes] : [texts, codes, others];
}

/** Restores what `flatten` was given. */
export function unflatten([texts, codes, others = []]: Flat): unknown {
  let at = 0;
  let text = texts[0] ?? '';
  let next = 1;
  let start = 0;
  let other = 0;

  function read(): unknown {
    const code = codes[at++] as number;
    if (code >= 0) return code;
    if (code <= STRING) return code % 2 === 0 ? readString((STRING - code) / 2) : readArray((ARRAY - code) / 2);
    if (code === UNDEFINED) return undefined;
    if (code === NULL) return null;
    if (code === NUMBER) return codes[at++];
    return code === OTHER ? others[other++] : code === TRUE;
  }

  function readString(length: number): string {
    while (start + length > text.length) {
      text = texts[next++] as string;
      start = 0;
    }
    const from = start;
    start += length;
    return text.slice(from, start);
  }

  function readArray(length: number): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(read());
    return values;
  }

  return read();
}
