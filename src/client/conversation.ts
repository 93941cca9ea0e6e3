import type { Clock } from '../api/clock.ts';
import { Connections, type Link } from './connections.ts';
import type { ConversationOptions } from './conversation-options.ts';
import { Credentials } from './credentials.ts';
import { KnownRooms } from './known-rooms.ts';
import { Learned } from './learned.ts';
import { LoginDialogue } from './login-dialogue.ts';
import type { Closed, KnownCommand, Owner, Rooms, State } from './owner.ts';
import { Questions } from './questions.ts';
import { ReceivedMessages } from './received.ts';
import { type Answer, type MessageOptions, Requests } from './requests.ts';
import { type Parts, route } from './route.ts';
import { systemClock } from './system-clock.ts';

/** How long a server may take to say goodbye, in milliseconds. */
const GOODBYE = 2_000;

/** The server's reasons that end the conversation; after any other it reconnects. */
const FINAL = new Set(['goodbye', 'replaced', 'signed-out', 'kicked', 'banned', 'removed', 'wrong-password']);

/**
 * One account's conversation with a server over the JSON protocol (docs/json.md). It logs in, passes the server's
 * questions to its owner, and delivers and acknowledges each message once.
 *
 * After a lost connection it reconnects with a token, backing off exponentially with jitter, until the server gives a
 * final reason. Requests are queued and sent one at a time, in order. One that had no answer when the connection was
 * lost is sent again if it is a message, and rejected if it is a command.
 *
 * It does no I/O of its own, so it runs in browsers and in Node: connection, clock, randomness and memory are options.
 */
export class Conversation {
  readonly #owner: Owner;
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #connections: Connections;
  readonly #login: LoginDialogue;
  readonly #requests: Requests;
  readonly #received: ReceivedMessages;
  readonly #learned: Learned;
  readonly #rooms: KnownRooms;
  readonly #parts: Parts;
  #state: State = { state: 'connecting' };
  #leaving = false;
  readonly #over = Promise.withResolvers<Closed>();
  readonly #ended = new AbortController();

  /** @throws TypeError when no device can have the name of the option `device` */
  constructor({ open, owner, login, device, memory, clock = systemClock, random = Math.random }: ConversationOptions) {
    this.#owner = owner;
    this.#clock = clock;
    this.#credentials = new Credentials(login, memory, device);
    this.#connections = new Connections({
      open,
      clock,
      random,
      connecting: () => this.#setState({ state: 'connecting' }),
      connected: (link) => {
        this.#setState({ state: 'logging-in' });
        this.#login.begin(link);
      },
      line: (text, link) => route(text, link, this.#parts),
      lost: (why) => this.#lost(why),
      silent: (link) => this.#silent(link),
    });
    this.#login = new LoginDialogue({
      credentials: this.#credentials,
      link: () => this.#connections.link,
      send: (event) => this.#connections.send(event),
      ask: async (question) => owner.ask?.(question, this.#ended.signal),
      connect: () => this.#state.state === 'closed' || this.#connections.connect(),
      lost: (why) => this.#lost(why),
      replaced: () => this.#end({ state: 'closed', why: 'replaced' }),
      forgotten: () => this.#credentials.renew(undefined, this.#received.seen),
      refused: (ask) => this.#end({ state: 'closed', why: 'refused', ...ask }),
    });
    this.#requests = new Requests({
      clock,
      id: Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32).toString(36)).join(''),
      send: (event) => this.#connections.send(event),
      silent: () => this.#lost('no-answer'),
    });
    this.#received = new ReceivedMessages({
      clock,
      acknowledge: (id) => this.#connections.send({ type: 'acknowledge', id }),
      remember: () => this.#credentials.remember(this.#received.seen),
      message: (message) => owner.message?.(message),
      entry: (entry) => owner.entry?.(entry),
      caughtUp: (count) => owner.caughtUp?.(count),
    });
    this.#learned = new Learned({
      ask: (name) => this.#requests.add({ type: 'command', name, text: '' }, true),
      presence: (change) => owner.presence?.(change),
      commands: () => owner.commands?.(this.#learned.commands),
    });
    this.#rooms = new KnownRooms({
      name: () => this.name,
      ask: (name, values, first) => this.#requests.add({ type: 'command', name, values }, first),
      room: (room) => owner.room?.(room),
      left: (room) => owner.roomLeft?.(room),
    });
    this.#parts = {
      login: this.#login,
      credentials: this.#credentials,
      requests: this.#requests,
      questions: new Questions({
        requests: this.#requests,
        link: () => this.#connections.link,
        send: (event) => this.#connections.send(event),
        ask: async (question, gone) => owner.ask?.(question, gone),
      }),
      received: this.#received,
      learned: this.#learned,
      rooms: this.#rooms,
      welcome: (name, link) => this.#welcome(name, link),
      renamed: (name) =>
        this.#setState({ state: 'online', name: this.#credentials.renamed(name, this.#received.seen), back: true }),
      closing: (reason, seconds) => this.#closing(reason, seconds),
      blocked: (seconds) => this.#end({ state: 'closed', why: 'blocked', seconds }),
      foreign: () => this.#end({ state: 'closed', why: 'no-json' }),
      other: (event) => owner.other?.(event),
    };
  }

  /** Connects and logs in. Call it once. */
  start(): void {
    this.#connections.connect();
  }

  /** The state; `owner.state` is called with each new one. */
  get state(): State {
    return this.#state;
  }

  /** The user name, once logged in. */
  get name(): string | undefined {
    return this.#credentials.name;
  }

  /** The name of this device; undefined for the account's default one. */
  get device(): string | undefined {
    return this.#credentials.device.name;
  }

  /** Who is online, this user included, as far as the server has reported. */
  get online(): readonly string[] {
    return this.#learned.online;
  }

  /** Whether the server reports who comes and goes, so that `online` stays current. */
  get watching(): boolean {
    return this.#learned.watching;
  }

  /** Whether `online` is current: there is a connection, and the server reports who comes and goes. */
  get knowsOnline(): boolean {
    return this.#learned.knowsOnline;
  }

  /** The rooms and conversations of this account, and what is unread in them. */
  get rooms(): Rooms {
    return this.#rooms;
  }

  /** The server's commands; empty until it has listed them. */
  get commands(): readonly KnownCommand[] {
    return this.#learned.commands;
  }

  /** How many requests have no answer yet. */
  get pending(): number {
    return this.#requests.pending;
  }

  /**
   * Sends a message, with LF between several lines. It is retried until it is answered, over any number of connections.
   * @param to names, a room such as `#lab`, or everyone
   * @throws RequestError when the server refuses it, or the conversation ends first
   */
  message(to: string | readonly string[], text: string, options: MessageOptions = {}): Promise<Answer> {
    return this.#learned.relearnOnError(this.#requests.add({ type: 'message', to, text, ...options }));
  }

  /**
   * Calls a command.
   * @param given its arguments: the rest of the line, or values by name
   * @throws RequestError when the server refuses it, the connection is lost before it is answered (reason `lost`), or the
   * conversation has ended (`closed`)
   */
  async command(name: string, given: string | Readonly<Record<string, unknown>> = ''): Promise<Answer> {
    const args = typeof given === 'string' ? { text: given } : { values: given };
    const answer = await this.#learned.relearnOnError(this.#requests.add({ type: 'command', name, ...args }));
    if (name === 'help' && given === '') this.#learned.help(answer);
    return answer;
  }

  /** Withdraws requests that were not sent yet: they are rejected with the reason `withdrawn`. @returns how many */
  withdraw(): number {
    return this.#requests.withdraw();
  }

  /** Who is online now. Asks the server unless `online` is kept current. @throws RequestError */
  whoIsOnline(): Promise<readonly string[]> {
    return this.#learned.whoIsOnline(() => this.command('who'));
  }

  /** Reconnects now instead of waiting, such as when the network is back. Does nothing unless the state is `lost`. */
  tryNow(): void {
    if (this.#state.state === 'lost') this.#connections.connect();
  }

  /** Acknowledges what was received, logs out, and ends. Unanswered requests are rejected. */
  async leave(): Promise<Closed> {
    if (this.#state.state !== 'online') return this.close();
    if (this.#leaving) return this.#over.promise;
    this.#received.acknowledge();
    this.#leaving = true;
    this.#requests.end('left');
    this.#connections.send({ type: 'command', name: 'logout', text: '' });
    const cancel = this.#clock.after(GOODBYE, () => this.close());
    const closed = await this.#over.promise;
    cancel();
    return closed;
  }

  /** Ends at once, without logging out. Unanswered requests are rejected. */
  close(): Closed {
    return this.#end({ state: 'closed', why: 'left' });
  }

  /** Resolves when the conversation has ended. */
  over(): Promise<Closed> {
    return this.#over.promise;
  }

  #welcome(name: string, link: Link): void {
    link.welcome = true;
    const back = this.name === name;
    const seen = this.#credentials.welcomed(name);
    if (!back) this.#received.recall(seen);
    this.#received.open();
    if (this.#owner.room !== undefined) void this.#rooms.list();
    // The first answer follows the waiting messages: by then the connection has proved useful.
    void this.#learned.learn(() => {
      this.#connections.worked();
      this.#received.firstAnswer();
    });
    this.#setState({ state: 'online', name, back });
    this.#requests.open();
  }

  /** Nothing has been received for long: checks whether the server is still there. */
  #silent(link: Link): void {
    if (!link.welcome && !this.#login.asking) this.#lost('no-answer');
    // Any answer would do. This one may have changed.
    if (link.welcome && this.#requests.pending === 0) void this.#learned.learnCommands();
  }

  #closing(reason: string, seconds: number | undefined): void {
    if (FINAL.has(reason)) {
      this.#end({ state: 'closed', why: reason });
      return;
    }
    if (reason === 'timeout' && seconds !== undefined) this.#connections.expectTimeout(seconds * 1000);
    this.#lost(reason);
  }

  #lost(why: string): void {
    if (this.#leaving) {
      this.close();
      return;
    }
    this.#disconnect();
    this.#requests.lost();
    // The owner is answering a question: reconnects once the answer is there.
    if (this.#login.asking) return;
    this.#setState({ state: 'lost', why, seconds: this.#connections.retry() / 1000 });
  }

  #end(closed: Closed): Closed {
    if (this.#state.state === 'closed') return this.#state;
    this.#disconnect();
    this.#setState(closed);
    this.#requests.end(closed.why);
    this.#ended.abort();
    this.#over.resolve(closed);
    return closed;
  }

  #disconnect(): void {
    this.#connections.drop();
    this.#received.close();
    this.#learned.lost();
    this.#rooms.lost();
  }

  #setState(state: State): void {
    this.#state = state;
    this.#owner.state?.(state);
  }
}
