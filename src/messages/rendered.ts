import type { Codec, CodecState } from '../api/codec.ts';
import type { Entry } from '../api/entry.ts';
import type { Message } from '../api/message.ts';
import type { Delivery } from './delivery.ts';
import { LoggedMessage } from './logged-message.ts';

/** An entry as a codec renders it for one set of capabilities. */
interface Rendering {
  readonly codec: Codec;
  readonly capabilities: string;
  /** The bytes for all recipients; undefined where the recipient's name goes between `before` and `after`. */
  readonly bytes: Buffer | undefined;
  readonly before: string;
  readonly after: string;
}

/** An entry as a message, rendered once for each codec and set of capabilities. */
export class Rendered {
  readonly entry: Entry;
  readonly message: Message;
  readonly #delivery: Delivery;
  #latest: Rendering | undefined;
  #all: Rendering[] | undefined;

  constructor(entry: Entry, delivery: Delivery, repeat = false) {
    this.entry = entry;
    this.message = new LoggedMessage(entry, delivery.online, repeat);
    this.#delivery = delivery;
  }

  /** The bytes for one recipient; empty where its codec does not show the entry. */
  bytes(codec: Codec, state: CodecState): Buffer {
    const capabilities = state.capabilities ?? '';
    let rendering = this.#latest;
    if (rendering === undefined || rendering.codec !== codec || rendering.capabilities !== capabilities)
      rendering = this.#render(codec, capabilities);
    return rendering.bytes ?? Buffer.from(rendering.before + (state.recipient ?? '') + rendering.after);
  }

  #render(codec: Codec, capabilities: string): Rendering {
    const known = this.#all?.find((one) => one.codec === codec && one.capabilities === capabilities);
    if (known !== undefined) {
      this.#latest = known;
      return known;
    }
    const text = this.#text(codec, capabilities);
    const [before, after] = typeof text === 'string' ? [text, ''] : text;
    const bytes = typeof text === 'string' ? Buffer.from(text) : undefined;
    const rendering = { codec, capabilities, bytes, before, after };
    if (this.#latest !== undefined) {
      this.#all ??= [this.#latest];
      this.#all.push(rendering);
    }
    this.#latest = rendering;
    return rendering;
  }

  #text(codec: Codec, capabilities: string): ReturnType<Codec['message']> {
    const { entry, message } = this;
    if (entry.kind === 'message') return codec.message(message, capabilities);
    return codec.entry?.(entry, message, this.#delivery.kinds.get(entry.kind)?.line(entry), capabilities) ?? '';
  }
}
