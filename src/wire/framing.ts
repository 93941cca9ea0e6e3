import { isAscii, isUtf8 } from 'node:buffer';
import type { LineRead } from '../api/codec.ts';

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

/**
 * Splits a byte stream into lines. Bytes are pushed as they arrive and lines are pulled on demand, so a client that
 * pipelines costs no more than the bytes it sent. A line over the limit is discarded.
 */
export class Framer {
  /** The longest line, in bytes, terminator included. It may change between lines. */
  limit: number;
  #bytes: Buffer = NOTHING;
  /** Whether the unfinished line is over the limit. */
  #discarding = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many bytes are buffered. */
  get waiting(): number {
    return this.#bytes.length;
  }

  /** The buffered bytes. */
  get pending(): Buffer {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** The next line without its terminator, or what is wrong with it; undefined while it is incomplete. */
  next(): LineRead | undefined {
    const end = this.#bytes.indexOf(LF);
    if (end < 0) {
      this.#keepTail();
      return undefined;
    }
    const line = this.#bytes.subarray(0, end > 0 && this.#bytes[end - 1] === CR ? end - 1 : end);
    this.#bytes = this.#bytes.subarray(end + 1);
    const tooLong = this.#discarding || end + 1 > this.limit;
    this.#discarding = false;
    if (tooLong) return { fault: 'too-long' };
    if (isAscii(line)) return { text: line.toString('latin1') };
    const text = line.toString('utf8');
    return isUtf8(line) ? { text } : { fault: 'encoding', lossy: text };
  }

  /** Copies an unfinished line, so that it does not retain the whole chunk it came in. */
  #keepTail(): void {
    if (this.#bytes.length >= this.limit) {
      this.#discarding = true;
      this.#bytes = NOTHING;
    } else if (this.#bytes.length === 0 || this.#discarding) {
      this.#bytes = NOTHING;
    } else if (this.#bytes.buffer.byteLength > 2 * this.limit) {
      this.#bytes = Buffer.from(this.#bytes);
    }
  }
}
