import type { Account } from '../api/account.ts';
import type { Output, Question } from '../api/codec.ts';
import type { Connection } from '../api/connection.ts';
import { isReason, refuse } from '../api/decisions.ts';
import type { Message } from '../api/message.ts';
import type { AcceptedSession, AskOptions, LoginSession, Session, SessionLogin } from '../api/session.ts';
import { throwLater } from '../hooks/throw-later.ts';
import type { Recipient } from '../messages/recipient.ts';
import type { SessionFeed } from '../messages/session-feed.ts';
import { chunkOf } from '../wire/chunk.ts';
import type { ForeignProtocol } from '../wire/environment.ts';
import type { LineOwner } from '../wire/line-reader.ts';
import { Outbox, type OutboxOwner } from '../wire/outbox.ts';
import { ClientCodec } from './client-codec.ts';
import type { LiveCodec } from './environment.ts';
import { SessionClosed } from './errors.ts';
import { InputReader } from './input-reader.ts';
import type { LoginBasis } from './login-basis.ts';
import { Questions } from './questions.ts';
import type { SessionContext } from './session-context.ts';

/** Calls a plugin's callback; one that throws does not stop those after it. */
function callBack(callback: () => void): void {
  try {
    callback();
  } catch (thrown) {
    throwLater(thrown);
  }
}

/** A session as the kernel runs it. */
export class ClientSession implements LoginSession, AcceptedSession, Recipient, LineOwner, OutboxOwner {
  readonly id: number;
  readonly transport: string;
  readonly address: string;
  readonly network: string;
  codec: LiveCodec;
  account: Account | undefined;
  ended = false;
  login: SessionLogin = { device: '', epoch: undefined, provider: '' };
  deviceName = '';
  takesOver: boolean | 'account' = false;
  basis: LoginBasis | undefined;
  readonly outbox: Outbox;
  readonly feed: SessionFeed;
  readonly inputs: InputReader;
  readonly questions = new Questions(this);
  readonly clientCodec: ClientCodec;
  readonly context: SessionContext;
  /** When the connection was accepted, by the monotonic clock. */
  readonly #acceptedAt: number;
  readonly #connection: Connection;
  #onGone: (() => void)[] | undefined;

  /** @throws what the codec throws when it fails to open */
  constructor(id: number, connection: Connection, codec: LiveCodec, context: SessionContext) {
    const { environment, flushes, limits } = context;
    const { stream } = connection;
    const { address, network } = environment.locate(connection.address);
    this.id = id;
    this.transport = connection.transport;
    this.address = address;
    this.network = network;
    this.codec = codec;
    this.context = context;
    this.#acceptedAt = environment.clock.monotonic();
    this.#connection = connection;
    this.outbox = new Outbox(stream, flushes, limits.outboxBytes, this);
    this.feed = context.messages.feed(this);
    this.inputs = new InputReader(stream, this);
    this.clientCodec = new ClientCodec(this);
    // The `close` that follows an error ends the session.
    stream.on('error', () => {});
    stream.on('close', () => {
      this.#end('gone');
      for (const callback of this.#onGone ?? []) callBack(callback);
    });
  }

  get age(): number {
    return this.context.environment.clock.monotonic() - this.#acceptedAt;
  }

  get silence(): number {
    return this.inputs.lines.silence;
  }

  get who(): { readonly session: number; readonly address: string; readonly account?: string } {
    return { session: this.id, address: this.address, ...(this.account && { account: this.account.name }) };
  }

  get exempt(): boolean {
    return this.context.environment.isExempt(this.address);
  }

  replaces({ deviceName, login }: Session): boolean {
    if (this.takesOver === 'account' || (this.takesOver && deviceName === this.deviceName)) return true;
    return this.login.device !== '' && login.device === this.login.device;
  }

  async ask(question: Question, because: string | AskOptions = '', reason?: string): Promise<string> {
    return this.questions.ask(question, typeof because === 'string' ? { because, reason } : because);
  }

  preset(question: Question): string | undefined {
    return this.questions.preset?.get(question);
  }

  /** @param encode encodes it instead of the codec */
  send(output: Output, encode?: (output: Output) => string): void {
    const bytes = this.clientCodec.encode(output, encode);
    if (output.kind === 'event') this.outbox.put(chunkOf(bytes));
    else this.outbox.putAnswer(bytes);
    if (output.kind === 'welcome') this.questions.preset = undefined;
  }

  close(reason: string, seconds?: number): void {
    const word = isReason(reason) ? reason : refuse().reason;
    this.closeWith(word, { kind: 'closing', reason: word, ...(seconds !== undefined && { seconds }) });
  }

  /** Closes the session because its client has hit a limit. */
  closeFor(limit: string, reason = limit): void {
    this.context.environment.counters.countLimitHit(limit);
    this.close(reason);
  }

  /** Ends the session with these last words, or without any. */
  closeWith(reason: string, lastWords?: Output): void {
    if (this.ended) return;
    const { environment, limits } = this.context;
    const { stream } = this.#connection;
    this.outbox.close(lastWords && this.clientCodec.encodeLastWords(lastWords));
    this.#end(reason);
    stream.end();
    // The system resets a connection that has unread input, and the last words would be lost: read on.
    stream.resume();
    if (this.inputs.lines.over) stream.once('finish', () => stream.destroy());
    const cancel = environment.clock.after(limits.closeTime, () => {
      environment.counters.countLimitHit('close-time');
      stream.destroy();
    });
    this.onClosed(cancel);
  }

  destroy(): void {
    this.#connection.stream.destroy();
  }

  spend(bytes: number): void {
    if (!this.ended && !this.inputs.lines.spend(bytes)) this.sentTooMuch();
  }

  onClosed(callback: () => void): void {
    if (this.#connection.stream.closed) callBack(callback);
    else this.#onGone = [...(this.#onGone ?? []), callback];
  }

  /** The result of some work. @throws SessionClosed when the session has ended meanwhile */
  async ensureOpen<T>(work: T | Promise<T>): Promise<T> {
    const result = await work;
    if (this.ended) throw new SessionClosed();
    return result;
  }

  foreign(protocol: ForeignProtocol): void {
    this.context.environment.logger.info(
      { event: 'foreign-protocol', ...this.who, protocol },
      `a client spoke ${protocol.toUpperCase()} on a chat port: it has the wrong address or port, or a web page made a browser connect`,
    );
    this.close(protocol);
  }

  sentTooMuch(): void {
    this.closeFor('too-fast');
  }

  inputEnded(): void {
    if (this.ended) this.#connection.stream.destroy();
  }

  taken(messages: readonly Message[]): void {
    this.feed.taken(messages);
  }

  overflowed(): void {
    this.closeFor('outbox-bytes', 'too-slow');
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.outbox.close();
    this.feed.end();
    this.inputs.lines.close();
    this.context.ended(this, reason);
  }
}
