import { inspect } from 'node:util';
import type { Codec, CodecState, Input, LineRead, Output, Question } from '../api/codec.ts';
import type { Entry } from '../api/entry.ts';
import type { Logger } from '../api/logger.ts';
import type { Message } from '../api/message.ts';
import type { Session } from '../api/session.ts';
import type { LiveCodec } from '../kernel/environment.ts';
import { deviceNameOf } from '../usernames/device-name.ts';
import type { CallWatcher } from './call-watcher.ts';
import { ConfigErrors } from './config-errors.ts';
import type { Contributed } from './define.ts';
import { errorOf } from './thrown.ts';

/**
 * Adds the codecs of plugins under their names.
 * @throws ConfigErrors when two plugins contribute one name
 */
export function addCodecs(
  codecs: Map<string, LiveCodec>,
  contributed: readonly Contributed<Codec>[],
  logger: Logger,
  watchdog: CallWatcher | undefined,
): void {
  const errors: string[] = [];
  for (const { plugin, specs } of contributed) {
    for (const codec of specs) {
      const other = codecs.get(codec.name);
      if (other === undefined) codecs.set(codec.name, new GuardedCodec(codec, plugin, logger, watchdog));
      else
        errors.push(
          `The plugins '${other.plugin}' and '${plugin}' both contribute the codec '${codec.name}': switch one of them off under plugins.`,
        );
    }
  }
  if (errors.length > 0) throw new ConfigErrors(errors);
}

/** A rendered message: for everyone, or around the recipient's name. */
type Text = ReturnType<Codec['message']>;

/** Calls a codec and tells the watchdog whose code is running. */
type Watch = <T>(call: () => T) => T;

function watchBy(watchdog: CallWatcher, id: number): Watch {
  return (call) => {
    const outer = watchdog.enter(id);
    try {
      return call();
    } finally {
      watchdog.enter(outer);
    }
  };
}

/** A plugin's codec for the kernel, which handles its errors. */
class GuardedCodec implements LiveCodec {
  readonly name: string;
  readonly plugin: string;
  readonly acknowledges: boolean;
  readonly catchesUp: boolean;
  readonly takesOver: boolean;
  readonly renames: boolean;
  readonly pollsForMessages: boolean;
  readonly handsOver: boolean;
  readonly subprotocols: Readonly<Record<string, 'text' | 'binary'>>;
  readonly lineBytes: number;
  readonly #codec: Codec;
  readonly #logger: Logger;
  readonly #watch: Watch;

  constructor(codec: Codec, plugin: string, logger: Logger, watchdog: CallWatcher | undefined) {
    const {
      name,
      acknowledges = false,
      catchesUp = false,
      takesOver = false,
      pollsForMessages = false,
      handsOver = false,
    } = codec;
    this.name = name;
    this.plugin = plugin;
    this.acknowledges = acknowledges;
    this.catchesUp = catchesUp;
    this.takesOver = takesOver;
    this.renames = codec.renames ?? false;
    this.pollsForMessages = pollsForMessages;
    this.handsOver = handsOver;
    this.subprotocols = codec.subprotocols ?? {};
    this.lineBytes = codec.lineBytes ?? 0;
    this.#codec = codec;
    this.#logger = logger;
    this.#watch = watchdog ? watchBy(watchdog, watchdog.idOf(plugin, `codec ${name}`)) : (call) => call();
  }

  /** A codec that throws claims no client, so that those of other codecs continue. */
  claims(firstLine: string): boolean {
    try {
      return this.#watch(() => this.#codec.claims?.(firstLine) ?? false);
    } catch (thrown) {
      const facts = { event: 'plugin-error', plugin: this.plugin, codec: this.name, err: errorOf(thrown) };
      this.#logger.error(facts, `codec '${this.name}' failed to check a client's first line`);
      return false;
    }
  }

  open(session: Session): CodecState {
    return this.#watch(() => new GuardedState(this.#codec.open(session), this.#watch));
  }

  message(message: Message, capabilities: string): Text {
    return this.#checked('message', () => this.#codec.message(message, capabilities));
  }

  entry(entry: Entry, message: Message, line: string | undefined, capabilities: string): Text {
    return this.#checked('entry', () => this.#codec.entry?.(entry, message, line, capabilities) ?? '');
  }

  #checked(method: string, render: () => unknown): Text {
    const text = this.#watch(render);
    if (typeof text === 'string' || isParts(text)) return text;
    throw new TypeError(`${method} returned ${inspect(text)}, expected a string, or the parts around a name`);
  }
}

/** A connection's side of a codec. One class for all codecs keeps the calls of the kernel monomorphic. */
class GuardedState implements CodecState {
  readonly #state: CodecState;
  readonly #watch: Watch;

  constructor(state: CodecState, watch: Watch) {
    this.#state = state;
    this.#watch = watch;
  }

  get capabilities(): string {
    return this.#state.capabilities ?? '';
  }

  get recipient(): NonNullable<CodecState['recipient']> {
    return this.#state.recipient ?? '';
  }

  decode(line: LineRead, question: Question | undefined): readonly Input[] {
    return this.#checked(
      'decode',
      this.#watch(() => this.#state.decode(line, question)),
    );
  }

  #checked(method: string, inputs: unknown): readonly Input[] {
    if (!Array.isArray(inputs)) throw new TypeError(`${method} returned ${inspect(inputs)}, expected a list of inputs`);
    return inputs.some(isAltered) ? inputs.map((input: Input) => this.#altered(input)) : inputs;
  }

  #altered(input: Input): Input {
    if (input.kind !== 'later') return withDeviceName(input);
    return { ...input, decide: async () => this.#checked('decide', await this.#watch(input.decide)) };
  }

  encode(output: Output): string {
    const text: unknown = this.#watch(() => this.#state.encode(output));
    if (typeof text === 'string') return text;
    throw new TypeError(`encode returned ${inspect(text)}, expected a string`);
  }
}

function isAltered({ kind }: Input): boolean {
  return kind === 'login' || kind === 'later';
}

/** Puts the name of a client's device into its one form, whatever the codec. A name that no device can have is an error. */
function withDeviceName(input: Input): Input {
  if (input.kind !== 'login' || input.preset.device === undefined) return input;
  const device = deviceNameOf(input.preset.device);
  if (device === undefined) return { kind: 'invalid', reason: 'field', about: 'device' };
  return { ...input, preset: { ...input.preset, device } };
}

function isParts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 1 && value.every((part) => typeof part === 'string');
}
