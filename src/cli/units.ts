/** A duration in milliseconds as text. */
export function inTime(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  if (milliseconds < 1) return `${Number((milliseconds * 1000).toPrecision(2))} us`;
  return `${Number(milliseconds.toPrecision(3))} ms`;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The seconds of a duration such as `90s`, `10m`, `2h` or `7d`; undefined for anything else. */
export function secondsIn(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS[unit] ?? 0);
}
