import {
  type Account,
  type CodecState,
  type Input,
  type LineRead,
  type Message,
  nameKey,
  type Output,
  type Question,
  type Session,
} from 'chatserv';
import { inputsOf } from './call.ts';
import { CatchUp } from './history/catch-up.ts';
import { tellRead } from './history/read-times.ts';
import { type Irc, sourceOf } from './irc.ts';
import type { Multiline } from './messages/multiline.ts';
import { nickOf } from './names.ts';
import { changingAway } from './people/away.ts';
import { METADATA } from './registration/capabilities.ts';
import { Registration } from './registration/registration.ts';
import { welcomeLines } from './registration/welcome.ts';
import { type LineFacts, tagsOf } from './render/tags.ts';
import { type DraftMessage, isTooLong, parseMessage, serializeLine } from './wire/message.ts';
import { type Numeric, numericOf } from './wire/numerics.ts';

/** The event with which the plugin sends a client lines outside its answers. */
const LINES = 'irc';

/** Stands before the session's number in the capabilities of a client that catches up. */
export const CATCHING_UP = 'catching-up=';

/** The answer to a command that asks its user something. */
const NO_ANSWERS = 'This command asks a question, which IRC cannot answer: use it on the web page or in the terminal.';

/** How many messages of its account are remembered until their answers. Another device may have sent them. */
const POSTED_MOST = 256;

/** One client's connection. */
export class Client implements CodecState {
  readonly session: Session;
  readonly irc: Irc;
  /** Until the client is logged in. */
  registration: Registration | undefined;
  /** What the client gave in `USER`, or the nick's place. */
  user = '';
  realname = '';
  /** Why it is away; undefined if it is not. */
  away: string | undefined;
  /** The account whose password made it an operator. */
  operator: Account | undefined;
  /** Whether it takes another nick by a command of its own, whose answer says so. */
  isRenaming = false;
  /** Its modes as a user, such as `i`. */
  readonly modes = new Set<string>();
  /** What it said in `QUIT`. */
  quitMessage: string | undefined;
  /** Whether it was sent a PING and has said nothing since. */
  isPinged = false;
  /** The channels that it changes now by commands of its own, whose answers say so: keys of their names. */
  readonly #acting = new Set<string>();
  /** The greatest version that it gave in `CAP LS`. */
  capVersion = 0;
  /** While it is sent what it has missed. */
  catchUp: CatchUp | undefined;
  #capabilities = '';
  readonly #enabled = new Set<string>();
  readonly #posted = new Map<number, Message>();
  #batches = 0;
  #onLine: (() => void)[] = [];
  /** Up to when its account has read channels, by room, for the lines of a `JOIN`: milliseconds since 1970. */
  readonly readTimes = new Map<number, number>();
  /** The keys of metadata that it is told of. */
  readonly subscriptions = new Set<string>();
  /** Up to which target it was sent the metadata of a channel, or of all, while there is more. */
  readonly synchronized = new Map<string, string>();
  /** A message that the client is sending in several lines. */
  multiline: Multiline | undefined;

  constructor(session: Session, irc: Irc) {
    this.session = session;
    this.irc = irc;
    this.registration = new Registration(this);
    irc.clients.add(this);
  }

  /** The account. @throws before the login */
  get account(): Account {
    const { account } = this.session;
    if (account === undefined) throw new Error('the client is not logged in');
    return account;
  }

  /** The nick as the client knows it; `*` before it has one. */
  get nick(): string {
    const { account } = this.session;
    return account === undefined ? (this.registration?.nick ?? '*') : nickOf(account);
  }

  /** The source of lines from this client: `nick!user@host`. */
  get source(): string {
    return sourceOf(this.irc, this.account);
  }

  /** The nick in a message for this client: its own, or, where its account wrote it elsewhere, that of the partner. */
  readonly recipient = ({ from, audience }: Message): string => {
    if (from.id !== this.session.account?.id || 'group' in audience) return this.nick;
    const [partner] = audience.accounts;
    return partner === undefined ? this.nick : nickOf(partner);
  };

  /**
   * What the rendering of messages depends on: the capabilities that are switched on, sorted, with blanks; while the client
   * catches up, itself.
   */
  get capabilities(): string {
    if (this.catchUp === undefined) return this.#capabilities;
    if (!this.session.feed.live) return `${CATCHING_UP}${this.session.id}`;
    this.sendText(this.#caughtUp());
    return this.#capabilities;
  }

  /** The capabilities as they are in `capabilities` once it is up to date. */
  get liveCapabilities(): string {
    return this.#capabilities;
  }

  /** Whether a capability is switched on. */
  has(capability: string): boolean {
    return this.#enabled.has(capability);
  }

  /** Whether it can be told of metadata. */
  get isMetadataAware(): boolean {
    return this.has(METADATA) && this.has('batch');
  }

  /** The capabilities that are switched on. */
  get enabled(): readonly string[] {
    return [...this.#enabled].sort();
  }

  /** Switches a capability on or off. */
  enable(capability: string, isOn = true): void {
    if (isOn) this.#enabled.add(capability);
    else this.#enabled.delete(capability);
    if (isOn && capability === 'draft/read-marker') this.irc.markers?.marksItself(this.session);
    if (!this.isMetadataAware) this.subscriptions.clear();
    this.#capabilities = this.enabled.join(' ');
  }

  /** Changes a channel, or joins or leaves it, by its name. The log does not tell this client, since the answer does. */
  async acting<T>(channel: string, act: () => Promise<T>): Promise<T> {
    const key = nameKey(channel);
    this.#acting.add(key);
    try {
      return await act();
    } finally {
      this.#acting.delete(key);
    }
  }

  /** Whether a command of its own changes a channel now. @param channel its name */
  isActing(channel: string): boolean {
    return this.#acting.has(nameKey(channel));
  }

  /** Its account has posted a message, which the client may want to see as it was sent. */
  posted(message: Message): void {
    if (this.has('echo-message') && message.id > 0) this.#posted.set(message.id, message);
    if (this.#posted.size > POSTED_MOST) this.#posted.clear();
  }

  /** A message that its account has posted, once. */
  takePosted(id: number): Message | undefined {
    const message = this.#posted.get(id);
    this.#posted.delete(id);
    return message;
  }

  /** A reference for a batch, unique among those of the client. */
  nextBatch(): string {
    this.#batches += 1;
    return String(this.#batches);
  }

  /** Calls back at its next line. */
  onLine(callback: () => void): void {
    this.#onLine.push(callback);
  }

  decode(line: LineRead, question: Question | undefined): readonly Input[] {
    for (const callback of this.#onLine.splice(0)) callback();
    if ('fault' in line) return [{ kind: 'reply', text: this.#faulty(line.fault, line.lossy) }];
    if (isTooLong(line.text)) return [{ kind: 'reply', text: this.#faulty('too-long') }];
    const message = parseMessage(line.text);
    if (message === undefined) return [];
    if (this.catchUp !== undefined && this.session.feed.live) this.sendText(this.#caughtUp());
    if (this.session.account === undefined) return this.registration?.decode(message, question) ?? [];
    // Lines cannot answer the question of a command: it is cancelled instead.
    const cancel: Input[] = question === undefined ? [] : [{ kind: 'cancel' }];
    return [...cancel, ...inputsOf(this, message)];
  }

  encode(output: Output): string {
    switch (output.kind) {
      case 'ask':
      case 'blocked':
        this.irc.underway.release(this);
        return this.registration?.encode(output) ?? this.text({ command: 'NOTICE', params: [this.nick, NO_ANSWERS] });
      case 'welcome': {
        const { registration } = this;
        this.registration = undefined;
        this.#online(output.account);
        return `${registration?.success() ?? ''}${welcomeLines(this)
          .map((line) => this.text(line))
          .join('')}`;
      }
      case 'event':
        if (output.event === 'renamed') return this.isRenaming ? '' : this.#renamed(String(output.facts.before));
        if (output.event === 'marker') void tellRead(this, Number(output.facts.room)).catch(() => {});
        return output.event === LINES ? String(output.facts.text) : '';
      case 'error':
        // Of a line that none answers any more.
        this.irc.underway.release(this);
        if (output.reason === 'rate') return this.numeric('RPL_TRYAGAIN', [output.about]);
        return this.numeric('ERR_UNKNOWNERROR', [output.about], output.sentence ?? output.reason);
      case 'closing':
        return this.#closing(output.reason, output.seconds);
      case 'ready':
        return this.session.feed.live ? this.#caughtUp() : '';
      case 'answer':
        return '';
    }
  }

  /** A line as text, from the server unless it has another source. */
  text(line: DraftMessage): string {
    return serializeLine({ source: this.irc.options.name, ...line });
  }

  /** A numeric as a line. @param text instead of its usual text */
  numericLine(name: Numeric, params: readonly string[] = [], text?: string): DraftMessage {
    const [command, usual] = numericOf(name);
    const last = text ?? usual;
    return { command, params: [this.nick, ...params, ...(last === undefined ? [] : [last])] };
  }

  /** A numeric as text. @param text instead of its usual text */
  numeric(name: Numeric, params: readonly string[] = [], text?: string): string {
    return this.text(this.numericLine(name, params, text));
  }

  /** A line as text, outside any answer. @param facts about it, as tags for a client that wants them; the time is now */
  toldText(line: DraftMessage, facts: LineFacts = {}): string {
    const tags = tagsOf(this.irc, (capability) => this.has(capability), { time: this.irc.clock.now(), ...facts });
    return this.text({ ...line, tags: new Map([...tags, ...(line.tags ?? [])]) });
  }

  /** Sends a line now, outside any answer. @param facts as for `toldText` */
  send(line: DraftMessage, facts: LineFacts = {}): void {
    this.sendText(this.toldText(line, facts));
  }

  /** Sends lines now, with their ends. */
  sendText(text: string): void {
    if (text !== '' && !this.session.ended) this.session.send({ kind: 'event', event: LINES, facts: { text } });
  }

  #caughtUp(): string {
    const text = this.catchUp?.end() ?? '';
    this.catchUp = undefined;
    return text;
  }

  #online(account: Account): void {
    this.catchUp = new CatchUp(this);
    if (this.user === '') this.user = this.nick;
    changingAway(this.irc, account, () => this.irc.clients.online(this, account));
  }

  /** Its account has another name. */
  #renamed(before: string): string {
    const source = sourceOf(this.irc, { id: this.account.id, name: before });
    return this.text({ source, command: 'NICK', params: [this.nick] });
  }

  #faulty(fault: 'too-long' | 'encoding', lossy = ''): string {
    if (fault === 'too-long') return this.numeric('ERR_INPUTTOOLONG');
    const { command = '' } = parseMessage(lossy) ?? {};
    const about = /^[A-Z]+$/.test(command) ? command : '*';
    return this.text({ command: 'FAIL', params: [about, 'INVALID_UTF8', 'Message rejected, it is not valid UTF-8'] });
  }

  #closing(reason: string, seconds = 0): string {
    const told = reason === 'timeout' ? `Ping timeout: ${seconds} seconds` : reason;
    const why = reason === 'goodbye' ? (this.quitMessage ?? 'Client quit') : told;
    return serializeLine({ command: 'ERROR', params: [`Closing link: ${this.nick} (${why})`] });
  }
}
