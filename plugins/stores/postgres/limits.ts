/** How many rows one statement returns or removes at most, so that it is quick and its answer small. */
export const AT_ONCE = 1000;

/** A limit for PostgreSQL, which takes neither negative nor infinite ones. */
export function atMost(limit: number): number {
  return Math.max(0, Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER));
}

/** A number that PostgreSQL takes as a bigint; infinite ones become the greatest and the least id. */
export function toInt8(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(value)));
}

/**
 * Reads up to `limit` rows, a page per request, so that neither a request nor an answer is long.
 * @param read reads up to `most` rows after the last one read
 */
export async function inPages<Row>(
  limit: number,
  read: (most: number, last: Row | undefined) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const most = Math.min(AT_ONCE, atMost(limit) - rows.length);
    if (most <= 0) return rows;
    const page = await read(most, rows.at(-1));
    rows.push(...page);
    if (page.length < most) return rows;
  }
}
