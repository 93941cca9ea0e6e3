import type { Account, LoginBasis } from '../api/account.ts';
import type { Codec, CodecState, Input, LiveCodec, Output, Question } from '../api/codec.ts';
import type { Connection } from '../api/connection.ts';
import { isReason, refuse } from '../api/decisions.ts';
import type { Message } from '../api/message.ts';
import type { AcceptedSession, AskOptions, LoginSession, Session, SessionLogin } from '../api/session.ts';
import { throwLater } from '../hooks/throw-later.ts';
import type { Rendered } from '../messages/rendered.ts';
import { SessionFeed } from '../messages/session-feed.ts';
import type { LineRead } from '../wire/framing.ts';
import { Outbox } from '../wire/outbox.ts';
import type { ForeignProtocol } from './environment.ts';
import { SessionClosed } from './errors.ts';
import { InputReader } from './input-reader.ts';
import { Questions } from './questions.ts';
import type { SessionContext } from './session-context.ts';

function nothing(): void {}

/** Calls a plugin's callback; one that throws does not stop those after it. */
function callBack(callback: () => void): void {
  try {
    callback();
  } catch (thrown) {
    throwLater(thrown);
  }
}

/** A session as the kernel runs it. */
export class ClientSession implements LoginSession, AcceptedSession {
  readonly id: number;
  readonly transport: string;
  readonly address: string;
  readonly network: string;
  /** When the connection was accepted, in milliseconds since 1970. @deprecated `age` */
  readonly connectedAt: number;
  /** When the connection was accepted, by the monotonic clock. */
  readonly #acceptedAt: number;
  account: Account | undefined;
  device = '';
  deviceName = '';
  takesOver = false;
  epoch: number | undefined;
  provider = '';
  basis: LoginBasis | undefined;
  readonly feed: SessionFeed;
  readonly outbox: Outbox;
  readonly inputs: InputReader;
  readonly questions = new Questions(this);
  #codec: LiveCodec;
  #codecState: CodecState;
  #isFirstLine = true;
  readonly #context: SessionContext;
  readonly #connection: Connection;
  #ended = false;
  #onGone: (() => void)[] = [];

  constructor(id: number, connection: Connection, codec: LiveCodec, context: SessionContext) {
    const { environment, flushes, limits } = context;
    const { stream } = connection;
    const { address, network } = environment.locate(connection.address);
    this.id = id;
    this.transport = connection.transport;
    this.address = address;
    this.network = network;
    this.#codec = codec;
    this.connectedAt = environment.clock.now();
    this.#acceptedAt = environment.clock.monotonic();
    this.#context = context;
    this.#connection = connection;
    this.outbox = new Outbox(stream, flushes, limits.outboxBytes, this);
    this.feed = new SessionFeed(this, context);
    this.inputs = new InputReader(stream, context, this);
    this.#codecState = codec.open(this);
    // The `close` that follows an error ends the session.
    stream.on('error', nothing);
    stream.on('close', () => {
      this.#end('gone');
      for (const callback of this.#onGone.splice(0)) callBack(callback);
    });
  }

  get codec(): Codec {
    return this.#codec;
  }

  get login(): SessionLogin {
    const { device, epoch, provider } = this;
    return { device, epoch, provider };
  }

  /** @deprecated `codec` */
  get dialect(): Codec {
    return this.#codec;
  }

  /** When the client last sent a whole line, in milliseconds since 1970. @deprecated `silence` */
  get lastHeard(): number {
    return this.inputs.lines.lastHeard;
  }

  get age(): number {
    return this.#context.environment.clock.monotonic() - this.#acceptedAt;
  }

  get silence(): number {
    return this.inputs.lines.silence;
  }

  get who(): { readonly session: number; readonly address: string; readonly account?: string } {
    return { session: this.id, address: this.address, ...(this.account && { account: this.account.name }) };
  }

  get ended(): boolean {
    return this.#ended;
  }

  get exempt(): boolean {
    return this.#context.environment.isExempt(this.address);
  }

  replaces({ deviceName, login }: Session): boolean {
    if (this.takesOver && deviceName === this.deviceName) return true;
    return this.device !== '' && login.device === this.device;
  }

  async ask(question: Question, because: string | AskOptions = '', reason?: string): Promise<string> {
    return this.questions.ask(question, typeof because === 'string' ? { because, reason } : because);
  }

  preset(question: Question): string | undefined {
    return this.questions.preset(question);
  }

  /** @deprecated `preset` */
  prepared(question: Question): string | undefined {
    return this.preset(question);
  }

  send(output: Output): void {
    const bytes = this.#encode(output);
    if (output.kind === 'event') this.outbox.put(bytes);
    else this.outbox.putAnswer(bytes);
    if (output.kind === 'welcome') this.questions.dropPreset();
  }

  /** @deprecated `send` */
  say(output: Output): void {
    this.send(output);
  }

  /** Sends a reply of the codec's own. */
  reply(text: string): void {
    this.outbox.putAnswer(Buffer.from(text));
  }

  #encode(output: Output): Buffer {
    try {
      return Buffer.from(this.#codecState.encode(output));
    } catch (cause) {
      // A plugin may pass facts that no codec can encode; everything else is the codec's failure.
      if (output.kind === 'answer' || output.kind === 'event') throw cause;
      return this.#codecFailed(cause);
    }
  }

  /** Last words as bytes; none from a codec that fails to encode them. */
  #encodeLastWords(output: Output): Buffer | undefined {
    try {
      return Buffer.from(this.#codecState.encode(output));
    } catch (thrown) {
      throwLater(thrown);
      return undefined;
    }
  }

  /** A message as the client's codec renders it. A codec that fails to closes the session. */
  render(rendered: Rendered): Buffer | undefined {
    try {
      return rendered.bytes(this.#codec, this.#codecState);
    } catch (cause) {
      this.#context.codecFailed(this, this.#codec, cause);
      return undefined;
    }
  }

  /** A line as the client's codec decodes it. @throws SessionClosed when the codec fails to */
  decode(line: LineRead, question: Question | undefined): readonly Input[] {
    try {
      return this.#codecState.decode(line, question);
    } catch (cause) {
      return this.#codecFailed(cause);
    }
  }

  /** Hands the client over to the codec that claims its first line, if its own codec allows that. */
  chooseCodec(line: LineRead): void {
    if (!this.#isFirstLine) return;
    this.#isFirstLine = false;
    if (!this.#codec.handsOver || !('text' in line)) return;
    const codec = this.#context.codecFor(line.text);
    if (codec === undefined || codec === this.#codec) return;
    this.#codec = codec;
    try {
      this.#codecState = codec.open(this);
    } catch (cause) {
      this.#codecFailed(cause);
    }
  }

  /** @throws SessionClosed */
  #codecFailed(cause: unknown): never {
    this.#context.codecFailed(this, this.#codec, cause);
    throw new SessionClosed();
  }

  close(reason: string, seconds?: number): void {
    const word = isReason(reason) ? reason : refuse().reason;
    this.closeWith(word, { kind: 'closing', reason: word, ...(seconds !== undefined && { seconds }) });
  }

  /** Ends the session with these last words, or without any. */
  closeWith(reason: string, lastWords?: Output): void {
    if (this.ended) return;
    const { environment, limits } = this.#context;
    const { stream } = this.#connection;
    this.outbox.close(lastWords && this.#encodeLastWords(lastWords));
    this.#end(reason);
    stream.end();
    // The system resets a connection that has unread input, and the last words would be lost: read on.
    stream.resume();
    if (this.inputs.lines.over) stream.once('finish', () => stream.destroy());
    const cancel = environment.clock.after(limits.closeTime, () => {
      environment.counters.countLimitHit('close-time');
      stream.destroy();
    });
    this.whenGone(cancel);
  }

  /** Reads no further line. Commands that are running go on; a reader that waits for a line gets `SessionClosed`. */
  stopReading(): void {
    this.inputs.lines.close();
  }

  destroy(): void {
    this.#connection.stream.destroy();
  }

  spend(bytes: number): void {
    if (!this.ended && !this.inputs.lines.spend(bytes)) this.sentTooMuch();
  }

  whenGone(callback: () => void): void {
    if (this.#connection.stream.closed) callBack(callback);
    else this.#onGone.push(callback);
  }

  /** The result of some work. @throws SessionClosed when the session has ended meanwhile */
  async ensureOpen<T>(work: T | Promise<T>): Promise<T> {
    const result = await work;
    if (this.ended) throw new SessionClosed();
    return result;
  }

  foreign(protocol: ForeignProtocol): void {
    this.#context.environment.logger.info(
      { event: 'foreign-protocol', ...this.who, protocol },
      `a client spoke ${protocol.toUpperCase()} on a port for chat: its address or port is wrong, or a web page had a browser try`,
    );
    this.close(protocol);
  }

  sentTooMuch(): void {
    this.#context.environment.counters.countLimitHit('too-fast');
    this.close('too-fast');
  }

  inputEnded(): void {
    if (this.ended) this.#connection.stream.destroy();
  }

  taken(messages: readonly Message[]): void {
    this.feed.taken(messages);
  }

  overflowed(): void {
    this.#context.environment.counters.countLimitHit('outbox-bytes');
    this.close('too-slow');
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.#ended = true;
    this.outbox.close();
    this.feed.end();
    this.inputs.lines.close();
    this.#context.ended(this, reason);
  }
}
