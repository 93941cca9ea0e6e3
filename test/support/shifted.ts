/** The environment of a program whose time of day is ahead by so many minutes, or behind. */
export function shiftedBy(minutes: number): Readonly<Record<string, string>> {
  const preload = new URL('shifted-clock.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import ${preload}`, CLOCK_SHIFT: String(minutes * 60_000) };
}
