import { atMost, type Part } from './rows.ts';

/** The most accounts, rooms or members that one request returns. */
const PAGE = 500;

/** How many rows one request returns of up to `limit`. */
export function pageSize(limit: number): number {
  return Math.min(PAGE, atMost(limit));
}

/**
 * Reads up to `limit` rows, a page per request, so that other requests run in between.
 * @param read reads up to `left` rows after the last one read
 */
export async function inPages<Row>(
  limit: number,
  read: (left: number, last: Row | undefined) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = await read(limit - rows.length, rows.at(-1));
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

/** Reads everything, a part per request, and sorts it. */
export async function inParts<Found, Position>(
  read: (from: Position | undefined) => Promise<Part<readonly Found[], Position>>,
  order: (a: Found, b: Found) => number,
): Promise<Found[]> {
  const all: Found[] = [];
  for (let from: Position | undefined; ; ) {
    const { found, after }: Part<readonly Found[], Position> = await read(from);
    all.push(...found);
    if (after === undefined) return all.sort(order);
    from = after;
  }
}
