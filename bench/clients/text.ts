/** A text of `length` bytes that carries its send time. @param time in milliseconds, as of `performance.now()` */
export function timedText(length: number, time: number): string {
  return `T${time.toFixed(3)} `.padEnd(length, 'x');
}

/** In a closed loop, one message in so many carries its send time. */
const TIMED = 16;

/** A text of `length` bytes; one in `TIMED` carries its send time. */
export function text(length: number, count: number): string {
  return count % TIMED === 0 ? timedText(length, performance.now()) : 'x'.repeat(length);
}

const T = 0x54;

/** The send time that a text carries, if any. */
export function sentAt(bytes: Buffer, start: number, end: number): number | undefined {
  return bytes[start] === T
    ? Number.parseFloat(bytes.toString('latin1', start + 1, Math.min(end, start + 24)))
    : undefined;
}
