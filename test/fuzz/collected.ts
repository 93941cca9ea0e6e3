import { ok } from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** How long a conversation may take, in milliseconds. */
const PATIENCE = 20_000;

/** A client's end, and what has come there. */
export class Collected {
  readonly stream: Duplex;
  #chunks: Buffer[] = [];

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    stream.on('error', () => {});
  }

  /** Awaits what fits, and takes all that came till then. */
  async sees(pattern: RegExp): Promise<void> {
    for (let text = ''; !pattern.test(text); text += this.take()) await once(this.stream, 'data');
  }

  take(): Buffer {
    return Buffer.concat(this.#chunks.splice(0));
  }

  /** All that comes until it is closed. */
  async all(): Promise<Buffer> {
    if (!this.stream.closed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const late = setTimeout(resolve, PATIENCE);
      this.stream.once('close', resolve);
      await promise;
      clearTimeout(late);
    }
    ok(this.stream.closed, 'the conversation does not end');
    return this.take();
  }
}
