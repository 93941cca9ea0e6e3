import type { Clock } from '../api/clock.ts';
import type { OpenCarrier } from './carriers.ts';
import { Connections, type Link } from './connections.ts';
import { Credentials, type LoginOptions } from './credentials.ts';
import { eventOf } from './events.ts';
import { Learned } from './learned.ts';
import { LoginDialogue } from './login-dialogue.ts';
import type { Ask, Closed, KnownCommand, Memory, Owner, State } from './owner.ts';
import { askOf, Questions } from './questions.ts';
import { ReceivedMessages } from './received.ts';
import { type Answer, type RequestError, Requests } from './requests.ts';

/** What a conversation is made of. */
export interface ConversationOptions {
  readonly open: OpenCarrier;
  readonly owner: Owner;
  readonly login?: LoginOptions | undefined;
  /** Without one it remembers as long as it lasts. */
  readonly memory?: Memory | undefined;
  readonly clock?: Clock | undefined;
  /** Chance, at least 0 and less than 1. */
  readonly random?: (() => number) | undefined;
}

/** How long a server may take to say goodbye, in milliseconds. */
const GOODBYE = 2_000;

/** After these words of the server it is over; after any other it is tried again. */
const FINAL = new Set(['goodbye', 'replaced', 'signed-out', 'kicked', 'banned', 'removed', 'wrong-password']);

const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * One account's conversation with a server, in JSON (docs/json.md), over whatever carries lines.
 *
 * It does no I/O of its own and runs in a browser as in Node: carrier, clock, chance and memory come from outside. It
 * logs in, hands questions to its owner, shows each message once and acknowledges it, and comes back with a token after
 * a lost connection, ever more slowly and at random, until the server says a word that ends it. What is asked for waits
 * until it can be sent and is answered by a promise: `Requests` says in which order, and what a lost connection means.
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

  constructor({ open, owner, login, memory, clock = systemClock, random = Math.random }: ConversationOptions) {
    this.#owner = owner;
    this.#clock = clock;
    this.#credentials = new Credentials(login, memory);
    this.#connections = new Connections({
      open,
      clock,
      random,
      connecting: () => this.#say({ state: 'connecting' }),
      connected: (link) => {
        this.#say({ state: 'logging-in' });
        this.#login.begin(link);
      },
      line: (text, link) => this.#hear(text, link),
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
      refused: (ask) => this.#refused(ask),
    });
    this.#requests = new Requests({
      clock,
      id: Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32).toString(36)).join(''),
      send: (event) => this.#connections.send(event),
      silent: () => this.#lost('the server does not answer'),
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
      caughtUp: (count) => owner.caughtUp?.(count),
    });
    this.#learned = new Learned({
      ask: (name) => this.#askFirst(name),
      presence: (change) => owner.presence?.(change),
    });
  }

  /** Connects and logs in. To be called once. */
  start(): void {
    this.#connections.connect();
  }

  get state(): State {
    return this.#state;
  }

  /** Who this is, once it was welcomed. */
  get name(): string | undefined {
    return this.#credentials.name;
  }

  /** Who is online, itself included, as far as the server tells. */
  get online(): readonly string[] {
    return this.#learned.online;
  }

  /** Whether the server tells who comes and goes, so that `online` is kept up. */
  get watching(): boolean {
    return this.#learned.watching;
  }

  /** Whether `online` is who is online now: there is a connection, and the server tells who comes and goes. */
  get knowsOnline(): boolean {
    return this.#learned.knowsOnline;
  }

  /** The commands that the server has, once it has said so. */
  get commands(): readonly KnownCommand[] {
    return this.#learned.commands;
  }

  /** How many requests have no answer yet. */
  get pending(): number {
    return this.#requests.pending;
  }

  /**
   * Sends a message of one line. It is sent until it is answered, over any number of connections.
   * @param to names, or everyone
   * @param unlessCommand a word that may call a command instead: if it does on this server, nothing is sent, and the
   * error's reason is `is-command`
   * @throws RequestError when the server does not take it, or the conversation is over first
   */
  message(to: 'everyone' | readonly string[], text: string, unlessCommand?: string): Promise<Answer> {
    return this.#noticingCommands(this.#requests.add({ type: 'message', to, text, unlessCommand }));
  }

  /**
   * Calls a command. @param given its arguments: what stands after it on a line, or values by name
   * @throws RequestError when the server refuses it, the connection is lost before it is answered (reason `lost`), or the
   * conversation is over (`closed`)
   */
  async command(name: string, given: string | Readonly<Record<string, unknown>> = ''): Promise<Answer> {
    const args = typeof given === 'string' ? { text: given } : { values: given };
    const answer = await this.#noticingCommands(this.#requests.add({ type: 'command', name, ...args }));
    if (name === 'help' && given === '') this.#learned.help(answer);
    return answer;
  }

  /** Takes back the messages and commands that have not been sent: they are rejected as `withdrawn`. @returns how many */
  withdraw(): number {
    return this.#requests.withdraw();
  }

  /** Who is online now, asked for where the server does not tell by itself. @throws RequestError */
  whoIsOnline(): Promise<readonly string[]> {
    return this.#learned.whoIsOnline(() => this.command('who'));
  }

  /** Does not wait any longer to try again: the network is back, or a person is impatient. */
  tryNow(): void {
    if (this.#state.state === 'lost') this.#connections.connect();
  }

  /** Leaves politely: acknowledges, says `logout`, and is over. What is not answered by then never will be. */
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

  /** Ends it at once. */
  close(): Closed {
    return this.#end({ state: 'closed', why: 'left' });
  }

  /** Resolves when it is over. */
  over(): Promise<Closed> {
    return this.#over.promise;
  }

  #hear(text: string, link: Link): void {
    const event = eventOf(text);
    if (event === undefined) {
      this.#end({ state: 'closed', why: 'no-json' });
      return;
    }
    switch (event.type) {
      case 'ask':
        // Where JSON is spoken from the start the server asks before anything was said; the login has begun by itself.
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
    // The first answer stands behind what waited: then the login was of use.
    void this.#learned.learn(() => {
      this.#connections.worked();
      this.#received.firstAnswer();
    });
    this.#say({ state: 'online', name, back });
    this.#requests.open();
  }

  /** Asks for the commands again where an answer shows that they are not the known ones. */
  async #noticingCommands(request: Promise<Answer>): Promise<Answer> {
    try {
      return await request;
    } catch (cause) {
      const { reason } = cause as RequestError;
      if (reason === 'is-command' || reason === 'command') void this.#learned.learnCommands();
      throw cause;
    }
  }

  /** Calls a command before what waits. */
  #askFirst(name: string): Promise<Answer> {
    return this.#requests.add({ type: 'command', name, text: '' }, true);
  }

  /** Nothing was heard for long: it is tried whether there is still someone at the other end. */
  #silent(link: Link): void {
    if (!link.welcome && !this.#login.asking) this.#lost('the server does not answer');
    // Any answer will do; this one may have become another.
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
    // Who is being asked is left in peace: the answer comes first.
    if (this.#login.asking) return;
    this.#say({ state: 'lost', why, seconds: this.#connections.retry() / 1000 });
  }

  #refused(ask: Ask): void {
    this.#end({ state: 'closed', why: 'refused', ...ask });
  }

  #end(closed: Closed): Closed {
    if (this.#state.state === 'closed') return this.#state;
    this.#disconnect();
    this.#say(closed);
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

  #say(state: State): void {
    this.#state = state;
    this.#owner.state?.(state);
  }
}
