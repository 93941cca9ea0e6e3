/** The index of the first item with an id above `start`, among items in the order of their ids. */
export function firstAbove<T>(start: number, items: readonly T[], idOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idOf(items[middle] as T) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Up to `limit` items with ids above `after`, in the order they have. */
export function pageOf<T extends { readonly id: number }>(all: Iterable<T>, after: number, limit: number): T[] {
  return [...all].filter(({ id }) => id > after).slice(0, Math.max(0, limit));
}
