import type { Account } from './account.ts';
import type { LoginBasis } from './account-watch.ts';
import type { Codec, CodecState, Input, LiveCodec, Output, Question } from './codec.ts';
import type { Connection } from './connection.ts';
import { isReason, refuse } from './decisions.ts';
import type { ClientPlace, ForeignProtocol } from './environment.ts';
import { LoginRestarted, QuestionCancelled, SessionClosed } from './errors.ts';
import { SessionFeed } from './feed.ts';
import type { LineRead } from './framing.ts';
import { LineReader } from './line-reader.ts';
import type { Message } from './message.ts';
import { Outbox } from './outbox.ts';
import { PresetAnswers } from './preset-answers.ts';
import type { Rendered } from './rendered.ts';
import type { AcceptedSession, AskOptions, LoginSession, Session, SessionLogin } from './session.ts';
import type { SessionContext } from './session-context.ts';
import { throwLater } from './throw-later.ts';

const NO_INPUTS: readonly Input[] = [];

function nothing(): void {}

/** Calls what a plugin may have given, which keeps none from being called after it. */
function called(tell: () => void): void {
  try {
    tell();
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
  /** What its login depends on. */
  basis: LoginBasis | undefined;
  readonly feed: SessionFeed;
  /** What waits to be written. */
  readonly outbox: Outbox;
  #codec: LiveCodec;
  #codecState: CodecState;
  #isFirstLine = true;
  /** What was decoded of the last line, and how much of that was taken. */
  #inputs: readonly Input[] = NO_INPUTS;
  #taken = 0;
  /** Whether the last line came too fast for its commands to be run. */
  #throttled = false;
  #pollDeferred = false;
  #preset: PresetAnswers | undefined;
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #lines: LineReader;
  #linesBeforeLogin = 0;
  #asking = false;
  #waited = 0;
  #endedBecause: string | undefined;
  /** Told when the connection is gone. */
  #whenGone: (() => void)[] = [];

  constructor(id: number, connection: Connection, codec: LiveCodec, context: SessionContext) {
    this.id = id;
    this.transport = connection.transport;
    const { address, network }: ClientPlace = context.environment.locate(connection.address);
    this.address = address;
    this.network = network;
    this.#codec = codec;
    this.connectedAt = context.environment.clock.now();
    this.#acceptedAt = context.environment.clock.monotonic();
    this.#context = context;
    this.#connection = connection;
    this.outbox = new Outbox(connection.stream, context.turn, context.limits.outboxBytes, this);
    this.feed = new SessionFeed(this, context);
    const { stream } = connection;
    this.#lines = new LineReader(stream, context, this);
    this.#codecState = codec.open(this);
    // What an error means for the session, the close that follows it says.
    stream.on('error', nothing);
    stream.on('close', () => {
      this.#end('gone');
      for (const tell of this.#whenGone.splice(0)) called(tell);
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
    return this.#lines.lastHeard;
  }

  get age(): number {
    return this.#context.environment.clock.monotonic() - this.#acceptedAt;
  }

  get silence(): number {
    return this.#lines.silence;
  }

  get who(): { readonly session: number; readonly address: string; readonly account?: string } {
    return { session: this.id, address: this.address, ...(this.account && { account: this.account.name }) };
  }

  get ended(): boolean {
    return this.#endedBecause !== undefined;
  }

  get exempt(): boolean {
    return this.#context.environment.isExempt(this.address);
  }

  replaces({ deviceName, login }: Session): boolean {
    if (this.takesOver && deviceName === this.deviceName) return true;
    return this.device !== '' && login.device === this.device;
  }

  /** Whether a question of it waits for an answer. */
  get asking(): boolean {
    return this.#asking;
  }

  /** For how long it has waited for answers to questions, in milliseconds. */
  get waited(): number {
    return this.#waited;
  }

  async ask(question: Question, because: string | AskOptions = '', reason?: string): Promise<string> {
    const about = typeof because === 'string' ? { because, reason } : because;
    return this.#ask(question, { ...about, because: about.because ?? '' });
  }

  async #ask(question: Question, { because, reason, secret }: AskOptions & { readonly because: string }) {
    if (this.#asking) throw new Error(`asked '${question}' while another question still waits for its answer`);
    const preset = this.#preset?.take(question, because);
    if (preset !== undefined) return preset;
    const details = { ...(reason !== undefined && { reason }), ...(secret !== undefined && { secret }) };
    this.send({ kind: 'ask', question, because, ...details });
    this.#asking = true;
    const began = performance.now();
    try {
      for (;;) {
        const input = await this.next(question);
        if (input.kind === 'answer') return input.text;
        this.#besidesAnswer(input);
      }
    } catch (cause) {
      throw cause instanceof SessionClosed ? new SessionClosed(this) : cause;
    } finally {
      this.#asking = false;
      this.#waited += performance.now() - began;
    }
  }

  /** Takes an input that comes instead of an answer. @throws when it ends the question */
  #besidesAnswer(input: Input): void {
    const isLogin = this.account === undefined;
    if (input.kind === 'login' && isLogin) {
      this.#preset = new PresetAnswers(input.preset);
      throw new LoginRestarted(this);
    }
    if (input.kind === 'cancel' && !isLogin) throw new QuestionCancelled(this);
    if (input.kind === 'reply') this.reply(input.text);
    else if (input.kind === 'poll') this.#pollDeferred = true;
    else if (input.kind === 'invalid') this.send({ ...input, kind: 'error' });
    else this.send({ kind: 'error', reason: 'unexpected', about: input.kind });
  }

  preset(question: Question): string | undefined {
    return this.#preset?.get(question);
  }

  /** @deprecated `preset` */
  prepared(question: Question): string | undefined {
    return this.preset(question);
  }

  send(output: Output): void {
    const bytes = this.#encode(output);
    if (output.kind === 'event') this.outbox.put(bytes);
    else this.outbox.putAnswer(bytes);
    if (output.kind === 'welcome') this.#preset = undefined;
  }

  #encode(output: Output): Buffer {
    try {
      return Buffer.from(this.#codecState.encode(output));
    } catch (cause) {
      // Facts are their plugin's; anything else a codec must be able to encode.
      if (output.kind === 'answer' || output.kind === 'event') throw cause;
      return this.#codecFailed(cause);
    }
  }

  /** @deprecated `send` */
  say(output: Output): void {
    this.send(output);
  }

  /** Sends a reply of the codec's own. */
  reply(text: string): void {
    this.outbox.putAnswer(Buffer.from(text));
  }

  /** A message as the client's codec renders it; a codec that fails at it closes the session. */
  render(rendered: Rendered): Buffer | undefined {
    try {
      return rendered.bytes(this.#codec, this.#codecState);
    } catch (cause) {
      this.#context.codecFailed(this, this.#codec, cause);
      return undefined;
    }
  }

  close(reason: string, seconds?: number): void {
    const word = isReason(reason) ? reason : refuse().reason;
    this.leave(word, { kind: 'closing', reason: word, ...(seconds !== undefined && { seconds }) });
  }

  /** Ends the session with these last words, or without any. */
  leave(reason: string, lastWords?: Output): void {
    if (this.ended) return;
    const { stream } = this.#connection;
    this.outbox.close(lastWords && this.#lastWords(lastWords));
    this.#end(reason);
    stream.end();
    // Reading on keeps the system from resetting the connection for unread input, which would take the last words along.
    stream.resume();
    if (this.#lines.over) stream.once('finish', () => stream.destroy());
    const cancel = this.#context.environment.clock.after(this.#context.limits.closeTime, () => {
      this.#context.environment.counters.countLimitHit('close-time');
      stream.destroy();
    });
    this.whenGone(cancel);
  }

  /**
   * Hears no further line: what is under way goes on, and whoever waits for a line is told that the session is over.
   */
  finish(): void {
    this.#lines.close();
  }

  destroy(): void {
    this.#connection.stream.destroy();
  }

  spend(bytes: number): void {
    if (!this.ended && !this.#lines.spend(bytes)) this.sentTooMuch();
  }

  whenGone(tell: () => void): void {
    if (this.#connection.stream.closed) called(tell);
    else this.#whenGone.push(tell);
  }

  /**
   * The client's next input, once it has read enough of the answers that wait for it. Acknowledgements are taken on the
   * way.
   * @param question the question that waits for an answer. Who sends too many lines, or too fast, for one is closed
   * @throws SessionClosed when there will be none, or the client is closed for going on too fast
   */
  async next(question?: Question): Promise<Input> {
    for (;;) {
      for (let input = this.#take(); input !== undefined; input = this.#take()) {
        if (input.kind !== 'acknowledge') return input;
        this.feed.acknowledge(input.id);
      }
      if (this.outbox.full) await this.outbox.room();
      this.#decode(await this.#lines.next(), question);
    }
  }

  /** The next input of the last line. What was taken is not held on to: an idle session costs no line. */
  #take(): Input | undefined {
    const input = this.#inputs[this.#taken++];
    if (this.#taken < this.#inputs.length) return input;
    this.#inputs = NO_INPUTS;
    this.#taken = 0;
    return input;
  }

  /** Whether the last input came too fast to be run, which was counted. */
  get throttled(): boolean {
    return this.#throttled;
  }

  /** Whether the client polled while a question waited for its answer. */
  takeDeferredPoll(): boolean {
    const deferred = this.#pollDeferred;
    this.#pollDeferred = false;
    return deferred;
  }

  #decode(line: LineRead, question: Question | undefined): void {
    if (this.#isFirstLine) this.#readFirst(line);
    const isLogin = this.account === undefined;
    if (isLogin && ++this.#linesBeforeLogin > this.#context.limits.loginLines) this.#closeFor('too-many-lines');
    const judgement = this.#lines.judge();
    if (judgement === 'too-fast' || (judgement !== 'run' && question !== undefined)) this.#closeFor('too-fast');
    try {
      this.#inputs = this.#codecState.decode(line, question);
    } catch (cause) {
      this.#codecFailed(cause);
    }
    const [only] = this.#inputs;
    // Acknowledgements answer what the client was given, and are never too fast.
    if (only?.kind === 'acknowledge' && this.#inputs.length === 1) {
      const useful = this.feed.acknowledge(only.id);
      this.#lines.giveBack(useful && 'text' in line ? line.text.length + 1 : 0);
      this.#inputs = NO_INPUTS;
      return;
    }
    this.#throttled = judgement !== 'run';
    if (judgement !== 'run') this.#context.environment.counters.countLimitHit(judgement);
  }

  /** @throws SessionClosed */
  #codecFailed(cause: unknown): never {
    this.#context.codecFailed(this, this.#codec, cause);
    throw new SessionClosed();
  }

  /** Hands the client over to the codec that claims its first line, where its own lets it. */
  #readFirst(line: LineRead): void {
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

  #closeFor(limit: string): never {
    this.#context.environment.counters.countLimitHit(limit);
    this.close(limit);
    throw new SessionClosed();
  }

  /** What it waited for, unless the session has ended meanwhile. @throws SessionClosed */
  async still<T>(work: T | Promise<T>): Promise<T> {
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

  /** Last words as bytes; a codec that fails on them leaves the client without any. */
  #lastWords(output: Output): Buffer | undefined {
    try {
      return Buffer.from(this.#codecState.encode(output));
    } catch (thrown) {
      throwLater(thrown);
      return undefined;
    }
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.#endedBecause = reason;
    this.outbox.close();
    this.feed.end();
    this.#lines.close();
    this.#context.ended(this, reason);
  }
}
