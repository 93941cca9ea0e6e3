import { expect, test } from 'vitest';
import { SCHEDULE, scheduleOf } from './schedule.ts';

const at = (text: string) => new Date(text).getTime();

test.each([
  ['30m', '2026-05-01T12:00', '2026-05-01T12:30'],
  ['6h', '2026-05-01T22:00', '2026-05-02T04:00'],
  ['1d', '2026-05-01T12:00', '2026-05-02T12:00'],
  ['03:30', '2026-05-01T03:29', '2026-05-01T03:30'],
  ['03:30', '2026-05-01T03:30', '2026-05-02T03:30'],
  ['23:59', '2026-12-31T23:59:30', '2027-01-01T23:59'],
])('with %s the turn after %s is at %s', (text, last, next) => {
  expect(new Date(scheduleOf(text).next(at(last)))).toEqual(new Date(next));
});

test.each(['30m', '03:30'])('with %s the first turn is due at once', (text) => {
  expect(scheduleOf(text).next(undefined)).toBe(0);
});

test.each(['', '0h', '6', '6 h', '24:00', '3:30', '12:60', '100000d', '1.5h'])('%j is no schedule', (text) => {
  expect(SCHEDULE.test(text)).toBe(false);
});
