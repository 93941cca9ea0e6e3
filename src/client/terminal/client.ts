import { EVERYONE } from '../../api/entry.ts';
import { Conversation } from '../conversation.ts';
import type { ConversationOptions } from '../conversation-options.ts';
import { type Ask, isSecret, type Owner, type Received, type ReceivedEntry, type State, type Step } from '../owner.ts';
import { Reading } from '../reading.ts';
import { type Completion, completed } from './completion.ts';
import { EXIT } from './exit.ts';
import { type Given, Login } from './login.ts';
import { isFor } from './mention.ts';
import { closedText, lostText, questionText } from './messages.ts';
import { shown } from './safe.ts';
import { Talk } from './talk.ts';
import type { Terminal, TerminalOwner } from './terminal.ts';
import type { View } from './view.ts';
import { widthOf } from './width.ts';

/** How many names are shown when users come or leave at once. */
const MAX_CHANGES = 5;

/** From this many unanswered lines on, the prompt shows their number. */
const SHOWN_UNANSWERED = 5;

/** The options of a client. */
export interface ClientOptions {
  readonly open: ConversationOptions['open'];
  /** The server's address, for people. */
  readonly place: string;
  readonly given: Given;
  /** The device to log in as; without it the account's default device. */
  readonly device?: ConversationOptions['device'];
  /** Opens the terminal. */
  readonly terminal: (owner: TerminalOwner) => Terminal;
  readonly view: (columns: () => number) => View;
}

/** A person's conversation at a terminal, from the login to the end. */
export class Client implements Owner, TerminalOwner {
  readonly #place: string;
  readonly #terminal: Terminal;
  readonly #view: View;
  readonly #login: Login;
  readonly #conversation: Conversation;
  readonly #talk: Talk;
  readonly #reading: Reading;
  /** What was sent while this account was away, until all of it has arrived. */
  #waited: (Received | ReceivedEntry)[] = [];
  /** Lines typed ahead of the login's questions. */
  #early: string[] = [];
  /** Cancels the open question of a command. */
  #question: AbortController | undefined;
  #lostAt: number | undefined;
  #wasOnline = false;
  #knowsOnline = false;
  #leaving = false;
  #failure: string | undefined;
  readonly #finished = Promise.withResolvers<number>();

  constructor({ open, place, given, device, terminal, view }: ClientOptions) {
    this.#place = place;
    const { name, password, register, invitation, guest } = given;
    const isKnown = name !== undefined && (password !== undefined || guest === true);
    const login = isKnown ? { login: { name, password, register, invitation, guest } } : {};
    this.#conversation = new Conversation({ open, owner: this, device, ...login });
    this.#reading = new Reading(() => this.#conversation);
    this.#terminal = terminal(this);
    this.#view = view(() => this.#terminal.columns);
    this.#talk = new Talk(this.#conversation, this.#view, {
      print: (...lines) => this.#terminal.print(...lines),
      addressed: () => this.#terminal.refresh(),
      quit: () => this.leave(),
      answered: () => {
        if (this.#leaving) void this.#conversation.leave();
      },
    });
    this.#login = new Login(
      {
        ask: (prompt, hidden) => this.#askPerson(shown(prompt), hidden),
        say: (text) => this.#terminal.print(...this.#view.error(text)),
      },
      given,
    );
  }

  /** Runs until the conversation has ended. @returns the exit code */
  run(): Promise<number> {
    this.#conversation.start();
    return this.#finished.promise;
  }

  prompt(): string | undefined {
    if (!this.#wasOnline) return undefined;
    const { state } = this.#conversation.state;
    const { addressee, unanswered } = this.#talk;
    const to = addressee === 'everyone' ? addressee : addressee.join(' ');
    const waiting = unanswered < SHOWN_UNANSWERED ? '' : `(${unanswered} waiting) `;
    const away = state === 'online' ? waiting : '(no connection) ';
    const text = `${away}${shown(to)}> `;
    return widthOf(text) <= this.#terminal.columns / 3
      ? this.#view.style('bold', text)
      : state === 'online'
        ? '> '
        : '… ';
  }

  complete(before: string): Completion {
    const { commands, online, name: me } = this.#conversation;
    const others = online.filter((name) => name !== me);
    return completed(before, commands, others.map(shown));
  }

  /** Cancels a question, or withdraws requests not sent yet. If there are none, or it is quitting already, it quits. */
  interrupt(): void {
    if (this.#question !== undefined) {
      this.#question.abort();
      return;
    }
    const withdrawn = this.#leaving ? 0 : this.#conversation.withdraw();
    if (withdrawn === 0) this.leave();
    else this.#terminal.print(...this.#view.error(`Lines withdrawn: ${withdrawn}. Press Ctrl-C again to quit.`));
  }

  /** Logs out once everything typed is answered; when called again, at once. */
  leave(): void {
    if (this.#leaving) {
      this.#conversation.close();
      return;
    }
    this.#leaving = true;
    const { unanswered } = this.#talk;
    if (unanswered === 0) {
      void this.#conversation.leave();
    } else if (unanswered > 1 || this.#conversation.state.state !== 'online') {
      this.#terminal.print(
        ...this.#view.notice(`Lines not sent yet: ${unanswered}. Will quit once everything is sent.`),
      );
    }
  }

  /** Logs out without waiting for answers: the terminal is gone. */
  hangUp(): void {
    this.#leaving = true;
    void this.#conversation.leave();
  }

  line(text: string): void {
    if (this.#wasOnline) this.#talk.line(text);
    else this.#early.push(text);
  }

  tooLong(): void {
    this.#terminal.print(...this.#view.error('That line is too long; it was not sent.'));
  }

  async ask(question: Ask, gone: AbortSignal): Promise<Step | undefined> {
    if (this.#conversation.state.state !== 'online') return this.#login.answer(question);
    const text = await this.#answerTo(question, gone);
    return text === undefined ? undefined : { type: 'answer', text };
  }

  /** Answers a command. Its questions are the person's, even one for a password that the login knows. */
  async #answerTo(ask: Ask, gone: AbortSignal): Promise<string | undefined> {
    const { problem, prompt } = questionText(ask);
    if (problem !== '') this.#terminal.print(...this.#view.error(problem));
    this.#terminal.print(
      ...this.#view.notice(
        `${ask.command === undefined ? 'The server' : `/${ask.command}`} is asking. Ctrl-C cancels.`,
      ),
    );
    this.#question = new AbortController();
    try {
      return await this.#terminal.ask(shown(prompt), isSecret(ask), AbortSignal.any([gone, this.#question.signal]));
    } finally {
      this.#question = undefined;
    }
  }

  state(state: State): void {
    switch (state.state) {
      case 'online':
        this.#welcomed(state.name);
        break;
      case 'lost':
        this.#lost(state);
        break;
      case 'closed':
        this.#showWaited();
        this.#over(state);
        break;
    }
    this.#terminal.refresh();
  }

  message(message: Received): void {
    if (message.waited) this.#waited.push(message);
    else this.#show([message]);
  }

  /** Shown where plain lines show it too. */
  entry(entry: ReceivedEntry): void {
    if (this.#waited.length > 0) this.#waited.push(entry);
    else this.#show([entry]);
  }

  caughtUp(): void {
    this.#showWaited();
  }

  presence({ came, left }: { readonly came: readonly string[]; readonly left: readonly string[] }): void {
    if (!this.#knowsOnline) {
      this.#knowsOnline = true;
      this.#terminal.print(...this.#view.names('online:', this.#conversation.online));
      return;
    }
    const me = this.#conversation.name;
    for (const [names, did] of [
      [came.filter((name) => name !== me), 'came'],
      [left.filter((name) => name !== me), 'left'],
    ] as const) {
      if (names.length > MAX_CHANGES) this.#terminal.print(...this.#view.notice(`${names.length} ${did}`));
      else if (names.length > 0) this.#terminal.print(...this.#view.notice(`${names.join(', ')} ${did}`));
    }
  }

  #welcomed(name: string): void {
    if (this.#lostAt !== undefined) {
      const seconds = Math.round((performance.now() - this.#lostAt) / 1000);
      this.#terminal.print(...this.#view.notice(`Reconnected after ${seconds} s.`));
    } else if (!this.#wasOnline) {
      const text = `You are ${name} at ${this.#place}. What you type goes to everyone; type /help for more.`;
      this.#terminal.print(...this.#view.notice(text));
    }
    this.#lostAt = undefined;
    this.#wasOnline = true;
    // They may contain a password.
    this.#early = [];
  }

  #askPerson(prompt: string, hidden: boolean): Promise<string | undefined> {
    const early = this.#early.shift();
    if (early === undefined) return this.#terminal.ask(prompt, hidden);
    this.#terminal.print(prompt + (hidden ? '' : early));
    return Promise.resolve(early);
  }

  #lost(state: State & { readonly state: 'lost' }): void {
    this.#showWaited();
    if (!this.#wasOnline) {
      this.#failure = lostText(state.why);
      this.#conversation.close();
      return;
    }
    if (this.#lostAt === undefined) {
      this.#terminal.print(...this.#view.notice(`${lostText(state.why)} Reconnecting.`));
    }
    this.#lostAt ??= performance.now();
  }

  #over(closed: State & { readonly state: 'closed' }): void {
    if (this.#talk.unanswered > 0) {
      this.#terminal.print(...this.#view.error(`Lines not sent or not answered: ${this.#talk.unanswered}.`));
    }
    if (this.#failure !== undefined) {
      this.#terminal.print(...this.#view.error(`Cannot connect to ${this.#place}. ${this.#failure}`));
      this.#end(EXIT.noConnection);
      return;
    }
    const left = this.#leaving || closed.why === 'left' || closed.why === 'goodbye';
    if (!left) this.#terminal.print(...this.#view.error(closedText(closed, this.#login.name)));
    this.#end(left ? 0 : EXIT.refused);
  }

  #end(code: number): void {
    this.#terminal.close();
    this.#finished.resolve(code);
  }

  #showWaited(): void {
    const waited = this.#waited;
    this.#waited = [];
    if (waited.length === 0) return;
    const messages = waited.filter((one) => 'text' in one);
    const count = messages.length === 1 ? 'a message' : `${messages.length} messages`;
    this.#terminal.print(...this.#view.rule(`${count} while you were away`));
    this.#show(waited);
    this.#terminal.print(...this.#view.rule('now'));
  }

  #show(all: readonly (Received | ReceivedEntry)[]): void {
    const { name = '' } = this.#conversation;
    const lines = all.flatMap((one) => {
      if ('text' in one) return this.#view.message(one, name);
      return one.line === undefined ? [] : this.#view.notice(one.line);
    });
    this.#terminal.print(...lines);
    // What is on the screen is read, as on plain lines.
    for (const one of all) if ('text' in one && one.id > 0) this.#reading.note(one.room ?? EVERYONE, one.id);
    if (all.some((one) => 'text' in one && isFor(one, name))) this.#terminal.ring();
  }
}
