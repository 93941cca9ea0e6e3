import type { Codec, CodecState } from '../api/codec.ts';
import type { Chunk } from '../wire/chunk.ts';

/** What a codec renders for one set of capabilities. */
export interface Rendering {
  readonly codec: Codec;
  readonly capabilities: string;
  /** The bytes for all recipients; undefined where they differ. */
  readonly chunk: Chunk | undefined;
}

/** Messages that are rendered once for each codec and set of capabilities, however many receive them. */
export abstract class Renderable<R extends Rendering = Rendering> {
  #latest: R | undefined;
  #all: R[] | undefined;

  /** The bytes for one recipient, empty where its codec shows nothing; undefined where each is rendered by itself. */
  abstract chunk(codec: Codec, state: CodecState): Chunk | undefined;

  protected abstract render(codec: Codec, state: CodecState): R;

  protected rendering(codec: Codec, state: CodecState): R {
    const { capabilities = '' } = state;
    const latest = this.#latest;
    if (latest !== undefined && latest.codec === codec && latest.capabilities === capabilities) return latest;
    const known = this.#all?.find((one) => one.codec === codec && one.capabilities === capabilities);
    const rendering = known ?? this.render(codec, state);
    if (known === undefined && latest !== undefined) {
      this.#all ??= [latest];
      this.#all.push(rendering);
    }
    this.#latest = rendering;
    return rendering;
  }
}
