import type { Codec, CodecState } from '../api/codec.ts';
import { type Entry, isMessage } from '../api/entry.ts';
import type { Message } from '../api/message.ts';
import { type Chunk, chunkOf } from '../wire/chunk.ts';
import type { Delivery } from './delivery.ts';
import { LoggedMessage } from './logged-message.ts';
import { Renderable, type Rendering } from './renderable.ts';

/** An entry as a codec renders it. */
interface RenderedEntry extends Rendering {
  /** Where the recipients' bytes differ: what goes around the recipient's name. */
  readonly parts: readonly string[];
}

/** An entry as a message. */
export class Rendered extends Renderable<RenderedEntry> {
  readonly entry: Entry;
  readonly message: Message;
  readonly #delivery: Delivery;

  constructor(entry: Entry, delivery: Delivery, repeat = false) {
    super();
    this.entry = entry;
    this.message = new LoggedMessage(entry, delivery, repeat);
    this.#delivery = delivery;
  }

  chunk(codec: Codec, state: CodecState): Chunk {
    const { chunk, parts } = this.rendering(codec, state);
    const { recipient: name = '' } = state;
    if (chunk !== undefined) return chunk;
    const shown = typeof name === 'string' ? name : name(this.message);
    return chunkOf(Buffer.from(parts.join(shown)), [this.message]);
  }

  /** The bytes for all recipients with the same codec and capabilities; undefined where they differ. */
  common(codec: Codec, state: CodecState): Chunk | undefined {
    return this.rendering(codec, state).chunk;
  }

  protected render(codec: Codec, { capabilities = '' }: CodecState): RenderedEntry {
    const text = this.#text(codec, capabilities);
    if (typeof text !== 'string') return { codec, capabilities, chunk: undefined, parts: text };
    return { codec, capabilities, chunk: chunkOf(Buffer.from(text), [this.message]), parts: [] };
  }

  #text(codec: Codec, capabilities: string): ReturnType<Codec['message']> {
    const { entry, message } = this;
    if (isMessage(entry)) return codec.message(message, capabilities);
    const kind = this.#delivery.kinds.get(entry.kind);
    if (kind?.isShown(entry) === false) return '';
    return codec.entry?.(entry, message, kind?.line(entry), capabilities) ?? '';
  }
}
