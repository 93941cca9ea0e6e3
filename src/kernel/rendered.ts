import type { Codec, CodecState } from './codec.ts';
import { type Message, presentable } from './message.ts';

/** A message as a codec renders it for one set of capabilities. */
interface Rendering {
  readonly codec: Codec;
  readonly capabilities: string;
  /** The same for everyone; undefined where the recipient's name goes between `before` and `after`. */
  readonly bytes: Buffer | undefined;
  readonly before: string;
  readonly after: string;
}

/** A message, made presentable and rendered once for each codec and set of capabilities. */
export class Rendered {
  readonly message: Message;
  #latest: Rendering | undefined;
  #all: Rendering[] | undefined;

  constructor(message: Message) {
    this.message = presentable(message);
  }

  /** The bytes for one recipient. */
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
    const text = codec.message(this.message, capabilities);
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
}
