import type { Part } from './extras.ts';

/** The most lines of a message that is sent in several. */
export const MULTILINE_LINES = 100;

/** The most bytes of its text. */
export const MULTILINE_BYTES = 4096;

/** A message that a client is sending in several lines. */
export class Multiline {
  readonly reference: string;
  readonly target: string;
  /** The tags of the line that began it. */
  readonly tags: ReadonlyMap<string, string>;
  /** The label of its answer. */
  readonly label: string | undefined;
  /** `PRIVMSG` or `NOTICE`; empty before the first line. */
  command = '';
  /** Whether the client was told that it cannot be sent. */
  isRefused = false;
  readonly #parts: Part[] = [];
  #bytes = 0;

  constructor(reference: string, target: string, tags: ReadonlyMap<string, string>, label: string | undefined) {
    this.reference = reference;
    this.target = target;
    this.tags = tags;
    this.label = label;
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** The text, with LF between lines. */
  get text(): string {
    return this.#parts
      .map(({ text, isContinued }, index) => (isContinued || index === 0 ? text : `\n${text}`))
      .join('');
  }

  /** Adds a part. @returns which limit it would exceed, if so */
  add(part: Part): 'lines' | 'bytes' | undefined {
    const bytes = this.#bytes + Buffer.byteLength(part.text) + (part.isContinued ? 0 : 1);
    if (this.#parts.length >= MULTILINE_LINES) return 'lines';
    // No LF stands before the first line.
    if (bytes - 1 > MULTILINE_BYTES) return 'bytes';
    this.#parts.push(part);
    this.#bytes = bytes;
    return undefined;
  }
}
