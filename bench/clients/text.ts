/** A text of a length in bytes that says when it was to be sent. @param time in milliseconds, as of `performance.now()` */
export function timedText(length: number, time: number): string {
  return `T${time.toFixed(3)} `.padEnd(length, 'x');
}

/** One message of a closed loop in so many says when it was sent. */
const TIMED = 16;

/** A text of a length in bytes; now and then it says when it was sent. */
export function text(length: number, count: number): string {
  return count % TIMED === 0 ? timedText(length, performance.now()) : 'x'.repeat(length);
}

const T = 0x54;

/** When the text in some bytes was to be sent; undefined if it does not say. */
export function sentAt(bytes: Buffer, start: number, end: number): number | undefined {
  return bytes[start] === T
    ? Number.parseFloat(bytes.toString('latin1', start + 1, Math.min(end, start + 24)))
    : undefined;
}
