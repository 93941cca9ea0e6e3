/**
 * Finds a value that JSON would lose or change: a date, a map, NaN, a function. Undefined properties are ignored, as in JSON.
 * @returns its path, such as `.notes[2]`; undefined if there is none
 */
export function notJson(value: unknown, at = ''): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : at;
  if (typeof value !== 'object') return at;
  if (Array.isArray(value)) return first(value, (item, index) => notJson(item, `${at}[${index}]`));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain || Object.getOwnPropertySymbols(value).length > 0) return at;
  return first(Object.entries(value), ([key, one]) => (one === undefined ? undefined : notJson(one, `${at}.${key}`)));
}

function first<Item>(items: readonly Item[], find: (item: Item, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
