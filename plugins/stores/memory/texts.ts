import { byCodePoint, type StoredText, type TextStore } from 'chatserv';

/** Texts in memory, in the order of their keys. */
export interface MemoryTexts extends TextStore {
  readonly size: number;
  add(texts: readonly StoredText[]): void;
}

/** Makes a text store that lives as long as the object it returns. */
export function memoryTexts(): MemoryTexts {
  const texts = new Map<string, string>();
  /** The keys in code point order. */
  const keys: string[] = [];

  /** How many keys sort before this one. */
  function indexOf(key: string): number {
    let [low, high] = [0, keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byCodePoint(keys[middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function write(key: string, text: string | undefined): void {
    const had = texts.has(key);
    if (text === undefined) texts.delete(key);
    else texts.set(key, text);
    if (had !== (text !== undefined)) keys.splice(indexOf(key), had ? 1 : 0, ...(had ? [] : [key]));
  }

  return {
    get size() {
      return texts.size;
    },
    read: async (key) => texts.get(key),
    write: async (key, text) => write(key, text),
    async replace(key, old, text) {
      const isOld = texts.get(key) === old;
      if (isOld) write(key, text);
      return isOld;
    },
    async list(start, inclusive, end, limit) {
      const first = indexOf(start);
      const skipped = !inclusive && keys[first] === start ? 1 : 0;
      const page = keys.slice(first + skipped, Math.min(indexOf(end), first + skipped + limit));
      return page.map((key) => [key, texts.get(key) as string]);
    },
    add(added) {
      for (const [key, text] of added) write(key, text);
    },
  };
}
