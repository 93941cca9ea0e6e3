import { isAscii, isUtf8 } from 'node:buffer';

/** What is wrong with a line that was received. */
type LineFault = 'too-long' | 'encoding';

/** A line of the client's, or what was wrong with it. */
export type LineRead = { readonly text: string } | { readonly fault: LineFault };

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into lines. Bytes are pushed in as they come, lines are pulled out when there is use for them,
 * so that a client far ahead costs no more than the bytes that it sent. Of a line over the limit nothing is kept.
 */
export class Framer {
  readonly #limit: number;
  #bytes: Buffer = NOTHING;
  /** Whether the line that is under way is already over the limit. */
  #discarding = false;

  /** @param limit the most bytes a line may have, terminator included */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many bytes wait to be pulled. */
  get waiting(): number {
    return this.#bytes.length;
  }

  /** The bytes that wait to be pulled. */
  get pending(): Buffer {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** The next line without its terminator, what was wrong with it, or undefined while there is no whole one. */
  next(): LineRead | undefined {
    const end = this.#bytes.indexOf(LF);
    if (end < 0) {
      this.#keepTail();
      return undefined;
    }
    const line = this.#bytes.subarray(0, end > 0 && this.#bytes[end - 1] === CR ? end - 1 : end);
    this.#bytes = this.#bytes.subarray(end + 1);
    const tooLong = this.#discarding || end + 1 > this.#limit;
    this.#discarding = false;
    if (tooLong) return { fault: 'too-long' };
    if (isAscii(line)) return { text: line.toString('latin1') };
    return isUtf8(line) ? { text: line.toString('utf8') } : { fault: 'encoding' };
  }

  /** Keeps an unfinished line in memory of its own, so that it does not hold on to the whole chunk it came in. */
  #keepTail(): void {
    if (this.#bytes.length >= this.#limit) {
      this.#discarding = true;
      this.#bytes = NOTHING;
    } else if (this.#bytes.length === 0 || this.#discarding) {
      this.#bytes = NOTHING;
    } else if (this.#bytes.buffer.byteLength > 2 * this.#limit) {
      this.#bytes = Buffer.from(this.#bytes);
    }
  }
}
