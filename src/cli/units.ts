/** A duration in milliseconds, for people. */
export function inTime(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  return milliseconds < 1 ? `${(milliseconds * 1000).toPrecision(2)} us` : `${Number(milliseconds.toPrecision(3))} ms`;
}
