/** Where among things whose ids rise the first one above `start` stands. */
export function firstAbove<T>(start: number, things: readonly T[], idOf: (thing: T) => number): number {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idOf(things[middle] as T) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}
