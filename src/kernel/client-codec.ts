import type { CodecState, Input, LineRead, Output, Question } from '../api/codec.ts';
import { throwLater } from '../hooks/throw-later.ts';
import type { Renderable } from '../messages/renderable.ts';
import type { Chunk } from '../wire/chunk.ts';
import type { ClientSession } from './client-session.ts';

const NO_BYTES = Buffer.alloc(0);

/** Encodes and decodes for one client with its codec. A codec that fails closes the session. */
export class ClientCodec {
  readonly #session: ClientSession;
  #state: CodecState;
  #isFirstLine = true;

  /** @throws what the session's codec throws when it fails to open */
  constructor(session: ClientSession) {
    this.#session = session;
    this.#state = session.codec.open(session);
  }

  /** @throws when the codec cannot encode the facts of an answer or event */
  encode(output: Output, encode?: (output: Output) => string): Buffer {
    try {
      return Buffer.from(encode?.(output) ?? this.#state.encode(output));
    } catch (cause) {
      // A plugin may pass facts that no codec can encode; everything else is the codec's failure.
      if (output.kind === 'answer' || output.kind === 'event') throw cause;
      this.#report(cause);
      return NO_BYTES;
    }
  }

  /** Last words as bytes; none from a codec that fails to encode them. */
  encodeLastWords(output: Output): Buffer | undefined {
    try {
      return Buffer.from(this.#state.encode(output));
    } catch (thrown) {
      throwLater(thrown);
      return undefined;
    }
  }

  /** Messages as bytes; undefined where each is rendered by itself, and from a codec that fails. */
  render(rendered: Renderable): Chunk | undefined {
    try {
      return rendered.chunk(this.#session.codec, this.#state);
    } catch (cause) {
      this.#report(cause);
      return undefined;
    }
  }

  decode(line: LineRead, question: Question | undefined): readonly Input[] {
    try {
      return this.#state.decode(line, question);
    } catch (cause) {
      this.#report(cause);
      return [];
    }
  }

  async decide({ decide }: Extract<Input, { kind: 'later' }>): Promise<readonly Input[]> {
    try {
      return await decide();
    } catch (cause) {
      this.#report(cause);
      return [];
    }
  }

  /** Hands the client over to the codec that claims its first line, if its own codec allows that. */
  choose(line: LineRead): void {
    if (!this.#isFirstLine) return;
    this.#isFirstLine = false;
    const session = this.#session;
    if (!session.codec.handsOver || !('text' in line)) return;
    const codec = [...session.context.generation.codecs.values()].find((one) => one.claims?.(line.text));
    if (codec === undefined || codec === session.codec) return;
    session.codec = codec;
    try {
      this.#state = codec.open(session);
    } catch (cause) {
      this.#report(cause);
    }
  }

  #report(err: unknown): void {
    const { codec, context, ended, who } = this.#session;
    if (ended) return;
    const facts = { event: 'plugin-error', plugin: codec.plugin, codec: codec.name, ...who, err };
    context.environment.logger.error(facts, `codec '${codec.name}' failed`);
    this.#session.close('internal');
  }
}
