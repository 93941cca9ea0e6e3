/** In milliseconds. */
const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE };

/** An interval such as `6h`, or a time of day such as `03:30`. */
export const SCHEDULE = /^(?:[1-9]\d{0,4}[mhd]|(?:[01]\d|2[0-3]):[0-5]\d)$/;

/** When something that is repeated is due. */
export interface Schedule {
  /** The longest time between two regular turns, in milliseconds. */
  readonly interval: number;
  /**
   * When the turn after `last` is due; the times are in milliseconds since 1970.
   * @param last the time of the last turn; undefined if there was none
   */
  next(last: number | undefined): number;
}

/** The schedule of a text that matches `SCHEDULE`. Times of day are local. */
export function scheduleOf(text: string): Schedule {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hours !== undefined) return atTimeOfDay(Number(hours), Number(minutes));
  const interval = Number.parseInt(text, 10) * (UNITS[text.at(-1) ?? ''] ?? MINUTE);
  return { interval, next: (last) => (last === undefined ? 0 : last + interval) };
}

function atTimeOfDay(hours: number, minutes: number): Schedule {
  return {
    interval: UNITS.d ?? 0,
    next(last) {
      if (last === undefined) return 0;
      const time = new Date(last);
      time.setHours(hours, minutes, 0, 0);
      // The date and not the time is advanced: not every day has 24 hours.
      if (time.getTime() <= last) time.setDate(time.getDate() + 1);
      return time.getTime();
    },
  };
}
