const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** What stands for no end: longer than any server lives. */
export const FOREVER = 100 * 365 * 86_400;

/** A duration as people write it, `90s`, `10m`, `2h` or `7d`, in seconds; undefined when it is none. */
export function durationOf(word: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(word) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  return seconds > 0 ? seconds : undefined;
}
