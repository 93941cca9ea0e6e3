import type { Clock } from '../kernel/clock.ts';
import type { Carrier, OpenCarrier } from './carriers.ts';
import { commandsIn, eventOf, namesIn } from './events.ts';
import type { Ask, Closed, KnownCommand, Memory, Owner, State } from './owner.ts';
import { People } from './people.ts';
import { ReceivedMessages } from './received.ts';
import { type Answer, type RequestError, Requests } from './requests.ts';

/** What a conversation is made of. */
export interface ConversationOptions {
  readonly open: OpenCarrier;
  readonly owner: Owner;
  /** Who to log in as. Without a password a remembered token is tried, and then the owner asked. `register`: also if new. */
  readonly login?: { readonly name: string; readonly password?: string; readonly register?: boolean };
  /** Without one it remembers as long as it lasts. */
  readonly memory?: Memory;
  readonly clock?: Clock;
  /** Chance, at least 0 and less than 1. */
  readonly random?: () => number;
}

/** Waits before a lost connection is tried again, in milliseconds: the first is doubled each time up to the longest. */
const RETRY = { first: 1_000, longest: 30_000 };

/** After so much silence it is tried whether the connection still is one, in milliseconds. */
const SILENCE = 30_000;

/** How long a server may take to say goodbye, in milliseconds. */
const GOODBYE = 2_000;

/** After these words of the server it is over; after any other it is tried again. */
const FINAL = new Set(['goodbye', 'replaced', 'kicked', 'banned', 'wrong-password']);

const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** One connection: what comes of an earlier one is nobody's any more. */
interface Link {
  carrier?: Carrier;
  /** What the login was begun with, without the owner being asked. */
  trying?: 'token' | 'password';
  welcome?: boolean;
}

/**
 * One account's conversation with a server, in the json dialect (docs/json.md), over whatever carries lines.
 *
 * It does no I/O of its own and runs in a browser as in Node: carrier, clock, chance and memory come from outside. It
 * logs in, hands questions to its owner, shows each message once and acknowledges it, and comes back with a token after
 * a lost connection, ever more slowly and at random, until the server says a word that ends it. What is asked for waits
 * until it can be sent and is answered by a promise: `Requests` says in which order, and what a lost connection means.
 */
export class Conversation {
  readonly #open: OpenCarrier;
  readonly #owner: Owner;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #memory: Memory | undefined;
  readonly #requests: Requests;
  readonly #received: ReceivedMessages;
  readonly #people = new People();
  #state: State = { state: 'connecting' };
  #link: Link | undefined;
  #login: ConversationOptions['login'];
  #name: string | undefined;
  #token: string | undefined;
  #watching = false;
  #commands: readonly KnownCommand[] = [];
  #attempts = 0;
  #cancelRetry = () => {};
  /** Whether the owner is being asked, in the login. */
  #asking = false;
  #leaving = false;
  #lastHeard = 0;
  #silence = SILENCE;
  #cancelSilence = () => {};
  readonly #over = Promise.withResolvers<Closed>();

  constructor({ open, owner, login, memory, clock = systemClock, random = Math.random }: ConversationOptions) {
    this.#open = open;
    this.#owner = owner;
    this.#clock = clock;
    this.#random = random;
    this.#memory = memory;
    this.#login = login;
    this.#token = login && memory?.recall(login.name)?.token;
    this.#requests = new Requests({
      clock,
      id: Array.from({ length: 3 }, () => Math.floor(random() * 2 ** 32).toString(36)).join(''),
      send: (event) => this.#send(event),
      silent: () => this.#lose('the server does not answer'),
    });
    this.#received = new ReceivedMessages({
      clock,
      acknowledge: (id) => this.#send({ type: 'acknowledge', id }),
      remember: () => this.#remember(),
      message: (message) => owner.message?.(message),
      caughtUp: (count) => owner.caughtUp?.(count),
    });
  }

  /** Connects and logs in. To be called once. */
  start(): void {
    void this.#connect();
  }

  get state(): State {
    return this.#state;
  }

  /** Who this is, once it was welcomed. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Who is online, itself included, as far as the server tells. */
  get online(): readonly string[] {
    return this.#people.names;
  }

  /** The commands that the server has, once it has said so. */
  get commands(): readonly KnownCommand[] {
    return this.#commands;
  }

  /** How many requests have no answer yet. */
  get pending(): number {
    return this.#requests.pending;
  }

  /**
   * Sends a message of one line. It is sent until it is answered, over any number of connections.
   * @param to names, or everyone
   * @throws RequestError when the server does not take it, or the conversation is over first
   */
  message(to: 'everyone' | readonly string[], text: string): Promise<Answer> {
    return this.#requests.add({ type: 'message', to, text });
  }

  /**
   * Calls a command. @param text what stands after it on the line
   * @throws RequestError when the server refuses it, the connection is lost before it is answered (reason `lost`), or the
   * conversation is over (`closed`)
   */
  command(name: string, text = ''): Promise<Answer> {
    return this.#requests.add({ type: 'command', name, text });
  }

  /** Who is online now, asked for where the server does not tell by itself. @throws RequestError */
  async whoIsOnline(): Promise<readonly string[]> {
    if (!this.#watching) this.#tell(this.#people.set(namesIn((await this.command('who')).facts)));
    return this.online;
  }

  /** Does not wait any longer to try again: the network is back, or a person is impatient. */
  tryNow(): void {
    if (this.#state.state !== 'lost') return;
    this.#cancelRetry();
    void this.#connect();
  }

  /** Leaves politely: acknowledges, says `logout`, and is over. What is not answered by then never will be. */
  async leave(): Promise<Closed> {
    if (this.#state.state !== 'online') return this.close();
    this.#received.acknowledge();
    this.#leaving = true;
    this.#requests.end('left');
    this.#send({ type: 'command', name: 'logout', text: '' });
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

  async #connect(): Promise<void> {
    const link: Link = {};
    this.#link = link;
    this.#say({ state: 'connecting' });
    const current = () => this.#link === link;
    try {
      const carrier = await this.#open({
        line: (text) => current() && this.#hear(text, link),
        closed: (why = 'the connection was closed') => current() && this.#lose(why),
      });
      if (!current()) return carrier.close();
      link.carrier = carrier;
    } catch (cause) {
      if (current()) this.#lose(cause instanceof Error ? cause.message : String(cause));
      return;
    }
    this.#say({ state: 'logging-in' });
    this.#heed();
    this.#logIn(link);
  }

  #logIn(link: Link): void {
    if (this.#token !== undefined) {
      link.trying = 'token';
      this.#send({ type: 'resume', request: 'login', token: this.#token });
    } else if (this.#login?.password !== undefined) {
      const { name, password, register } = this.#login;
      link.trying = 'password';
      this.#send({ type: register ? 'register' : 'login', request: 'login', name, password });
    } else {
      void this.#ask({ question: 'username', because: 'start' }, link, 'login');
    }
  }

  #hear(text: string, link: Link): void {
    this.#lastHeard = this.#clock.now();
    const event = eventOf(text);
    if (event === undefined) {
      this.#end({ state: 'closed', why: 'no-json' });
      return;
    }
    switch (event.type) {
      case 'ask':
        if (link.welcome) void this.#ask(event, link, event.request);
        else this.#askedAtLogin(event, link);
        break;
      case 'welcome':
        this.#welcome(event.name, link);
        break;
      case 'token':
        this.#token = event.token;
        this.#remember();
        break;
      case 'message':
        this.#received.take(event);
        break;
      case 'answer':
        this.#requests.answered(event);
        break;
      case 'error':
        if (link.welcome) this.#requests.refused(event);
        else this.#askedAtLogin({ question: 'username', because: event.reason }, link);
        break;
      case 'presence':
        this.#tell(this.#people.change(event.came, event.left));
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

  #askedAtLogin(ask: Ask, link: Link): void {
    const { trying } = link;
    link.trying = undefined;
    // The server may not know yet that the connection before is lost, or it was too much for it.
    const early = ask.because === 'rate' || (ask.because === 'connected' && this.#name !== undefined);
    if (trying !== undefined && early) {
      this.#lose(ask.because);
    } else if (trying === 'token') {
      this.#token = undefined;
      this.#remember();
      this.#logIn(link);
    } else {
      void this.#ask(ask, link, 'login');
    }
  }

  /** Has the owner answer. When the connection goes during the login, another is made once there is an answer. */
  async #ask({ question, because, reason }: Ask, link: Link, request?: string | number): Promise<void> {
    this.#requests.asked();
    this.#asking = !link.welcome;
    const step = await this.#owner.ask?.({ question, because, ...(reason !== undefined && { reason }) });
    this.#asking = false;
    if (this.#state.state === 'closed') return;
    if (step === undefined) {
      this.#end({ state: 'closed', why: 'refused', question, because });
      return;
    }
    if (step.type !== 'answer') this.#login = { ...step, register: step.type === 'register' };
    if (link === this.#link) this.#send({ ...step, ...(request !== undefined && { request }) });
    else if (this.#link === undefined && !link.welcome) void this.#connect();
  }

  #welcome(name: string, link: Link): void {
    link.welcome = true;
    const back = this.#name === name;
    if (!back) this.#received.recall(this.#memory?.recall(name)?.seen);
    this.#name = name;
    // Who is registered logs in the next time.
    if (this.#login !== undefined) this.#login = { ...this.#login, register: false };
    this.#received.open();
    void this.#learn();
    this.#say({ state: 'online', name, back });
    this.#requests.open();
  }

  /** Asks who is online and which commands there are, before anything else that waits. */
  async #learn(): Promise<void> {
    const ask = (name: string) =>
      this.#requests.add({ type: 'command', name, text: '' }, true).catch((cause: RequestError) => cause);
    const help = ask('help');
    const watch = await ask('watch');
    if ('reason' in watch && (watch.reason === 'lost' || watch.reason === 'closed')) return;
    this.#attempts = 0;
    this.#received.firstAnswer();
    this.#watching = !('reason' in watch);
    const online = 'reason' in watch ? await ask('who') : watch;
    if (!('reason' in online)) this.#tell(this.#people.set(namesIn(online.facts)));
    const known = await help;
    if (!('reason' in known)) this.#commands = commandsIn(known.facts);
  }

  #tell(change: { readonly came: readonly string[]; readonly left: readonly string[] }): void {
    if (change.came.length > 0 || change.left.length > 0) this.#owner.presence?.(change);
  }

  /** Tries, when nothing was heard for long, whether there is still someone at the other end. */
  #heed(): void {
    this.#cancelSilence = this.#clock.after(this.#silence, () => {
      const silent = this.#clock.now() - this.#lastHeard >= this.#silence;
      if (silent && this.#state.state === 'logging-in' && !this.#asking) {
        this.#lose('the server does not answer');
        return;
      }
      if (silent && this.#state.state === 'online' && this.#requests.pending === 0) {
        // Any answer will do.
        this.#requests.add({ type: 'command', name: 'help', text: 'help' }, true).catch(() => {});
      }
      this.#heed();
    });
  }

  #closing(reason: string, seconds: number | undefined): void {
    if (FINAL.has(reason)) {
      this.#end({ state: 'closed', why: reason });
      return;
    }
    // A client that is there is not idle.
    if (reason === 'timeout' && seconds !== undefined) this.#silence = Math.min(SILENCE, (seconds * 1000) / 2);
    this.#lose(reason);
  }

  #lose(why: string): void {
    if (this.#leaving) {
      this.close();
      return;
    }
    this.#disconnect();
    this.#requests.lost();
    // Who is being asked is left in peace: the answer comes first.
    if (this.#asking) return;
    const longest = Math.min(RETRY.first * 2 ** this.#attempts++, RETRY.longest);
    const delay = longest * (0.5 + this.#random() / 2);
    this.#cancelRetry = this.#clock.after(delay, () => void this.#connect());
    this.#say({ state: 'lost', why, seconds: delay / 1000 });
  }

  #end(closed: Closed): Closed {
    if (this.#state.state === 'closed') return this.#state;
    this.#cancelRetry();
    this.#disconnect();
    this.#say(closed);
    this.#requests.end(closed.why);
    this.#over.resolve(closed);
    return closed;
  }

  #disconnect(): void {
    const carrier = this.#link?.carrier;
    this.#link = undefined;
    this.#cancelSilence();
    this.#received.close();
    carrier?.close();
  }

  #remember(): void {
    const name = this.#name ?? this.#login?.name;
    if (name === undefined || this.#memory === undefined) return;
    const seen = this.#name === undefined ? this.#memory.recall(name)?.seen : this.#received.seen;
    this.#memory.remember(name, { token: this.#token, seen });
  }

  #send(event: object): void {
    this.#link?.carrier?.send(JSON.stringify(event));
  }

  #say(state: State): void {
    this.#state = state;
    this.#owner.state?.(state);
  }
}
