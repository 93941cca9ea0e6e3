import type { Account } from './account.ts';
import type { LoginBasis } from './account-watch.ts';
import type { Connection } from './connection.ts';
import type { Dialect, Heard, Question, Speaker, Utterance } from './dialect.ts';
import { QuestionCancelled, SessionEnded, StartedOver } from './endings.ts';
import type { ClientPlace, ForeignProtocol } from './environment.ts';
import { Feed, type FeedHost } from './feed.ts';
import type { LineRead } from './framing.ts';
import { Input, type InputHost, type InputOwner } from './input.ts';
import type { Message } from './message.ts';
import { Outbox, type OutboxOwner, type Turn } from './outbox.ts';
import { isReason } from './results.ts';
import { throwLater } from './throw-later.ts';
import { refuse } from './verdicts.ts';

/** What a session needs of the kernel. */
export interface SessionHost extends FeedHost, InputHost {
  readonly limits: InputHost['limits'];
  readonly turn: Turn;
  /** The session is over: it takes part in nothing from here on. */
  ended(session: Session, reason: string): void;
}

/** What there is to say about a question. */
export interface AskOptions {
  /** What led to it, for the dialect to say. */
  readonly because?: string | undefined;
  /** What is wrong with the last answer, in a word, for dialects that can say it. */
  readonly reason?: string | undefined;
  /** Whether clients that can should not show what is typed. */
  readonly secret?: boolean | undefined;
}

function nothing(): void {}

/** Calls what a plugin may have given, which keeps none from being called after it. */
function called(tell: () => void): void {
  try {
    tell();
  } catch (thrown) {
    throwLater(thrown);
  }
}

/** One client's conversation on a connection; after login it has an account. */
export class Session implements InputOwner, OutboxOwner {
  /** Counts the sessions of this server's run. */
  readonly id: number;
  /** The name of the transport that accepted the connection: `tcp`, `websocket`. */
  readonly transport: string;
  /** The client's IP address, or the transport's word where it has none. */
  readonly address: string;
  /** What of the address counts as one place: the IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
  /** When the connection was accepted, in milliseconds since 1970. */
  readonly connectedAt: number;
  /** The same by the monotonic clock. */
  readonly #acceptedAt: number;
  /** Who it is, once logged in; undefined before that, as in `onConnect`. */
  account: Account | undefined;
  /** Which of the account's devices it is: random for each login, and that of the session before after `resume`. */
  device = '';
  /** Whether it takes the place of all other sessions of its account. To be set in `onAdmit`. */
  takesOver = false;
  /** The epoch of its account (`StoredAccount.epoch`); undefined for an account that no store has. */
  epoch: number | undefined;
  /** The plugin that vouches for who it is. */
  provider = '';
  /** What its login depends on. @internal */
  basis: LoginBasis | undefined;
  /** The messages that it is given. */
  readonly feed: Feed;
  /** What waits to be written. @internal */
  readonly outbox: Outbox;
  #dialect: Dialect;
  #speaker: Speaker;
  #heardNothing = true;
  readonly #host: SessionHost;
  readonly #connection: Connection;
  readonly #input: Input;
  #linesBeforeLogin = 0;
  #asking = false;
  #waited = 0;
  #endedBecause: string | undefined;
  /** Told when the connection is gone. */
  #whenGone: (() => void)[] = [];

  /** @internal */
  constructor(id: number, connection: Connection, dialect: Dialect, host: SessionHost) {
    this.id = id;
    this.transport = connection.transport;
    const { address, network }: ClientPlace = host.environment.locate(connection.address);
    this.address = address;
    this.network = network;
    this.#dialect = dialect;
    this.#speaker = dialect.open();
    this.connectedAt = host.environment.clock.now();
    this.#acceptedAt = host.environment.clock.monotonic();
    this.#host = host;
    this.#connection = connection;
    this.outbox = new Outbox(connection.stream, host.turn, host.limits.outboxBytes, this);
    this.feed = new Feed(this, host);
    const { stream } = connection;
    this.#input = new Input(stream, host, this);
    // What an error means for the session, the close that follows it says.
    stream.on('error', nothing);
    stream.on('close', () => {
      this.#end('gone');
      for (const tell of this.#whenGone.splice(0)) called(tell);
    });
  }

  /** How the client speaks: the listener's dialect, or the one that the first line showed. */
  get dialect(): Dialect {
    return this.#dialect;
  }

  /** When the client last sent a whole line, in milliseconds since 1970. */
  get lastHeard(): number {
    return this.#input.lastHeard;
  }

  /** For how long it has been connected, in milliseconds, whatever becomes of the time of day. */
  get age(): number {
    return this.#host.environment.clock.monotonic() - this.#acceptedAt;
  }

  /** For how long the client has sent no whole line, in milliseconds, whatever becomes of the time of day. */
  get silence(): number {
    return this.#input.silence;
  }

  /** How this one client is spoken with. @internal */
  get speaker(): Speaker {
    return this.#speaker;
  }

  /** Who it is, for a line of the log. */
  get who(): { readonly session: number; readonly address: string; readonly account?: string } {
    return { session: this.id, address: this.address, ...(this.account && { account: this.account.name }) };
  }

  /** Whether the session is over; what it is given then goes nowhere. */
  get ended(): boolean {
    return this.#endedBecause !== undefined;
  }

  /** Whether the limits per network do not hold for it: its network is exempt, or it has no IP address. */
  get exempt(): boolean {
    return this.#host.environment.isExempt(this.address);
  }

  /**
   * Whether it takes the place of another session of its account, which is then closed: both are the same device, or it
   * takes over.
   */
  replaces(other: Session): boolean {
    return this.takesOver || (this.device !== '' && other.device === this.device);
  }

  /** Whether a question of it waits for an answer. */
  get asking(): boolean {
    return this.#asking;
  }

  /** For how long it has waited for answers to questions, in milliseconds. @internal */
  get waited(): number {
    return this.#waited;
  }

  /**
   * Puts a question and waits for the answer, unless the client gave it already: in the login dialogue, in `onLogin`,
   * and in a command that does not overlap. Don't catch its errors; the kernel handles them.
   * @param because what led to the question, for the dialect to say: `connected`, or why a password was refused; or all
   * there is to say about the question
   * @param reason what is wrong with the last answer, in a word, for dialects that can say it
   * @throws when the session is over before it answers, the client begins its login again instead, or cancels a command's
   * question
   */
  async ask(question: Question, because: string | AskOptions = '', reason?: string): Promise<string> {
    const about = typeof because === 'string' ? { because, reason } : because;
    return this.#ask(question, { ...about, because: about.because ?? '' });
  }

  async #ask(question: Question, { because, reason, secret }: AskOptions & { readonly because: string }) {
    if (this.#asking) throw new Error(`asked '${question}' while another question still waits for its answer`);
    const prepared = this.speaker.prepared?.(question, because);
    if (prepared !== undefined) return prepared;
    const details = { ...(reason !== undefined && { reason }), ...(secret !== undefined && { secret }) };
    this.say({ kind: 'ask', question, because, ...details });
    this.#asking = true;
    const began = performance.now();
    try {
      for (;;) {
        const line = await this.#hearAnswer();
        const heard = this.speaker.hear(line, question);
        if (heard.kind === 'answer') return heard.text;
        if (heard.kind === 'start-over') throw new StartedOver(this);
        if (heard.kind === 'cancel') throw new QuestionCancelled(this);
        if (heard.kind === 'acknowledge') this.#acknowledged(heard.id, line);
        if (heard.kind === 'wrong') this.say({ ...heard, kind: 'error' });
      }
    } catch (cause) {
      throw cause instanceof SessionEnded ? new SessionEnded(this) : cause;
    } finally {
      this.#asking = false;
      this.#waited += performance.now() - began;
    }
  }

  /** What the client gave with its login for a question that it was not asked, if anything. */
  prepared(question: Question): string | undefined {
    return this.speaker.given?.(question);
  }

  /**
   * Says something at once, in the client's dialect, beside the answers and messages that the kernel says by itself. A
   * plugin says `{ kind: 'event', event, facts }`, which reaches programs only. What is for people too is a message:
   * `server.post`.
   */
  say(utterance: Utterance): void {
    const bytes = Buffer.from(this.speaker.say(utterance));
    if (utterance.kind === 'event') this.outbox.put(bytes);
    else this.outbox.putAnswer(bytes);
  }

  /**
   * Says why and ends the session: `goodbye`, `timeout`, or any other word as `closing:<reason>`.
   * @param reason one word: letters, digits and hyphens; anything else is sent as `denied`
   * @param seconds after how long, where it is a time-out
   */
  close(reason: string, seconds?: number): void {
    const word = isReason(reason) ? reason : refuse().reason;
    this.leave(word, { kind: 'closing', reason: word, ...(seconds !== undefined && { seconds }) });
  }

  /** Ends the session with these last words, or without any. @internal */
  leave(reason: string, lastWords?: Utterance): void {
    if (this.ended) return;
    const { stream } = this.#connection;
    this.outbox.close(lastWords && Buffer.from(this.speaker.say(lastWords)));
    this.#end(reason);
    stream.end();
    // Reading on keeps the system from resetting the connection for unread input, which would take the last words along.
    stream.resume();
    if (this.#input.over) stream.once('finish', () => stream.destroy());
    const cancel = this.#host.environment.clock.after(this.#host.limits.closeTime, () => {
      this.#host.environment.counters.countLimitHit('close-time');
      stream.destroy();
    });
    this.whenGone(cancel);
  }

  /**
   * Hears no further line: what is under way goes on, and whoever waits for a line is told that the session is over.
   * @internal
   */
  finish(): void {
    this.#input.close();
  }

  /** Ends the connection at once, whatever is still to be written. */
  destroy(): void {
    this.#connection.stream.destroy();
  }

  /**
   * Counts what a transport has read beside lines, a WebSocket's ping say, against the client's rates: as a line of so
   * many bytes. Who sends too many is closed.
   */
  spend(bytes: number): void {
    if (!this.ended && !this.#input.spend(bytes)) this.sentTooMuch();
  }

  /** Calls back when the connection itself is gone, or at once where it is: a closed one takes its time to go. */
  whenGone(tell: () => void): void {
    if (this.#connection.stream.closed) called(tell);
    else this.#whenGone.push(tell);
  }

  /**
   * The next line of the client, once it has read enough of the answers that wait for it.
   * @throws SessionEnded when there will be none
   * @internal
   */
  hear(): Promise<LineRead> {
    return this.outbox.full ? this.outbox.room().then(() => this.#input.next()) : this.#input.next();
  }

  /** The next line as an answer. Who sends too many, or too fast, for a dialogue is closed. @throws SessionEnded */
  async #hearAnswer(): Promise<LineRead> {
    const line = await this.hear();
    const isLogin = this.account === undefined;
    if (isLogin && ++this.#linesBeforeLogin > this.#host.limits.loginLines) this.#closeFor('too-many-lines');
    if (this.#input.judge() !== 'run') this.#closeFor('too-fast');
    return line;
  }

  /**
   * What the client's next line says, and whether it came too fast to be run: that was counted.
   * Acknowledgements never do: they answer what the client was given.
   * @throws SessionEnded when there will be none, or the client is closed for going on too fast
   * @internal
   */
  understand(line: LineRead): { readonly heard: Heard; readonly tooFast: boolean } {
    const judgement = this.#input.judge();
    if (judgement === 'too-fast') this.#closeFor('too-fast');
    const heard = this.speaker.hear(line, undefined);
    if (heard.kind === 'acknowledge') {
      this.#acknowledged(heard.id, line);
      return { heard, tooFast: false };
    }
    if (judgement !== 'run') this.#host.environment.counters.countLimitHit(judgement);
    return { heard, tooFast: judgement !== 'run' };
  }

  #acknowledged(id: number, line: LineRead): void {
    const useful = this.feed.acknowledge(id);
    this.#input.giveBack(useful && 'text' in line ? line.text.length + 1 : 0);
  }

  #closeFor(limit: string): never {
    this.#host.environment.counters.countLimitHit(limit);
    this.close(limit);
    throw new SessionEnded();
  }

  /** What it waited for, unless the session has ended meanwhile. @throws SessionEnded @internal */
  async still<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    if (this.ended) throw new SessionEnded();
    return result;
  }

  /** @internal */
  /** Of its first line: a dialect may leave a client to another one by that. @internal */
  heard(line: LineRead): void {
    if (!this.#heardNothing) return;
    this.#heardNothing = false;
    const other = 'text' in line ? this.#dialect.forFirstLine?.(line.text) : undefined;
    if (other === undefined) return;
    this.#dialect = other;
    this.#speaker = other.open();
  }

  /** @internal */
  foreign(protocol: ForeignProtocol): void {
    this.#host.environment.logger.info(
      { event: 'foreign-protocol', ...this.who, protocol },
      `a client spoke ${protocol.toUpperCase()} on a port for chat: its address or port is wrong, or a web page had a browser try`,
    );
    this.close(protocol);
  }

  /** @internal */
  sentTooMuch(): void {
    this.#host.environment.counters.countLimitHit('too-fast');
    this.close('too-fast');
  }

  /** @internal */
  inputEnded(): void {
    if (this.ended) this.#connection.stream.destroy();
  }

  taken(messages: readonly Message[]): void {
    this.feed.taken(messages);
  }

  /** @internal */
  overflowed(): void {
    this.#host.environment.counters.countLimitHit('outbox-bytes');
    this.close('too-slow');
  }

  #end(reason: string): void {
    if (this.ended) return;
    this.#endedBecause = reason;
    this.outbox.close();
    this.feed.end();
    this.#input.close();
    this.#host.ended(this, reason);
  }
}
