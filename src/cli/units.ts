/** A duration in milliseconds as text. */
export function inTime(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  if (milliseconds < 1) return `${Number((milliseconds * 1000).toPrecision(2))} us`;
  return `${Number(milliseconds.toPrecision(3))} ms`;
}
