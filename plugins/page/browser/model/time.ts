/** The page is in English: the user's own variant, or one with a 24-hour clock. */
const LOCALE = navigator.languages.find((language) => /^en\b/.test(language)) ?? 'en-GB';

const CLOCK = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const DAY_AND_YEAR = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'long', year: 'numeric' });
const SHORT_DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

/** Times are in milliseconds since 1970 and are shown in the device's time zone. */
export function clockOf(time: number): string {
  return CLOCK.format(time);
}

/** Whether two times are on the same local day. */
export function isSameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b);
}

/** A day in words: today, yesterday, or its date. */
export function dayOf(time: number, now: number): string {
  const days = Math.round((startOfDay(time) - startOfDay(now)) / 86_400_000);
  if (days === 0 || days === -1) return capital(RELATIVE.format(days, 'day'));
  return Math.abs(days) < 180 ? DAY.format(time) : DAY_AND_YEAR.format(time);
}

/** A time, short enough for the list. */
export function shortly(time: number, now: number): string {
  if (isSameDay(time, now)) return CLOCK.format(time);
  return isSameDay(time, startOfDay(now) - 1) ? dayOf(time, now) : SHORT_DAY.format(time);
}

/** For the `datetime` of a `<time>`. */
export function machineTime(time: number): string {
  return new Date(time).toISOString();
}

/** The day that was looked up last, most likely the next one's too. */
let day = { start: 0, end: 0 };

function startOfDay(time: number): number {
  if (time < day.start || time >= day.end) {
    day = { start: new Date(time).setHours(0, 0, 0, 0), end: new Date(time).setHours(24, 0, 0, 0) };
  }
  return day.start;
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
