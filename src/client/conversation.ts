import type { Clock } from '../api/clock.ts';
import { Connections, type Link } from './connections.ts';
import type { ConversationOptions } from './conversation-options.ts';
import { Credentials } from './credentials.ts';
import { eventOf } from './events.ts';
import { Learned } from './learned.ts';
import { LoginDialogue } from './login-dialogue.ts';
import type { Closed, KnownCommand, Owner, State } from './owner.ts';
import { askOf, Questions } from './questions.ts';
import { ReceivedMessages } from './received.ts';
import { type Answer, Requests } from './requests.ts';
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
  readonly #questions: Questions;
  readonly #received: ReceivedMessages;
  readonly #learned: Learned;
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
      line: (text, link) => this.#receive(text, link),
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
    this.#questions = new Questions({
      requests: this.#requests,
      link: () => this.#connections.link,
      send: (event) => this.#connections.send(event),
      ask: async (question, gone) => owner.ask?.(question, gone),
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
    });
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

  /** The server's commands; empty until it has listed them. */
  get commands(): readonly KnownCommand[] {
    return this.#learned.commands;
  }

  /** How many requests have no answer yet. */
  get pending(): number {
    return this.#requests.pending;
  }

  /**
   * Sends a message of one line. It is retried until it is answered, over any number of connections.
   * @param to names, a room such as `#lab`, or everyone
   * @param unlessCommand a word that may be a command instead: if it is one on this server, nothing is sent, and the
   * error's reason is `is-command`
   * @throws RequestError when the server refuses it, or the conversation ends first
   */
  message(to: string | readonly string[], text: string, unlessCommand?: string): Promise<Answer> {
    return this.#learned.relearnOnError(this.#requests.add({ type: 'message', to, text, unlessCommand }));
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

  #receive(text: string, link: Link): void {
    const event = eventOf(text);
    if (event === undefined) {
      this.#end({ state: 'closed', why: 'no-json' });
      return;
    }
    switch (event.type) {
      case 'ask':
        // A listener that speaks only JSON asks first. The login is under way already.
        if (event.because === 'start' && event.request === undefined) break;
        if (link.welcome) void this.#questions.asked(event, link);
        else this.#login.asked(askOf(event), link);
        break;
      case 'welcome':
        this.#welcome(event.name, link);
        break;
      case 'token':
        this.#credentials.renew(event.token, this.#received.seen);
        break;
      case 'message':
      case 'entry':
        this.#received.take(event);
        break;
      case 'answer':
        this.#requests.answered(event);
        break;
      case 'error':
        if (link.welcome) this.#requests.refused(event);
        else this.#login.asked({ question: 'username', because: event.reason }, link);
        break;
      case 'presence':
        this.#learned.change(event);
        break;
      case 'blocked':
        this.#end({ state: 'closed', why: 'blocked', seconds: event.seconds });
        break;
      case 'closing':
        this.#closing(event.reason, event.seconds);
        break;
      case 'other':
        this.#owner.other?.(event.event);
    }
  }

  #welcome(name: string, link: Link): void {
    link.welcome = true;
    const back = this.name === name;
    const seen = this.#credentials.welcomed(name);
    if (!back) this.#received.recall(seen);
    this.#received.open();
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
  }

  #setState(state: State): void {
    this.#state = state;
    this.#owner.state?.(state);
  }
}
