import { Conversation } from '../conversation.ts';
import type { ConversationOptions } from '../conversation-options.ts';
import {
  type Ask,
  isSecret,
  type KnownRoom,
  type Owner,
  type Received,
  type ReceivedEntry,
  type State,
  type Step,
} from '../owner.ts';
import { Reading } from '../reading.ts';
import { Arrivals } from './arrivals.ts';
import { Completer } from './completer.ts';
import type { Completion } from './completion.ts';
import { Display } from './display.ts';
import { EXIT } from './exit.ts';
import { type Given, Login } from './login.ts';
import { closedText, lostText } from './messages.ts';
import { PersonQuestions } from './person-questions.ts';
import { PresenceNotices } from './presence-notices.ts';
import { promptTo } from './prompt.ts';
import { shown } from './safe.ts';
import { Talk } from './talk.ts';
import type { Terminal, TerminalOwner, Turn } from './terminal.ts';
import type { View } from './view.ts';

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
  readonly #display: Display;
  readonly #arrivals: Arrivals;
  readonly #completer: Completer;
  readonly #questions: PersonQuestions;
  readonly #presence: PresenceNotices;
  /** Lines typed ahead of the login's questions. */
  #early: string[] = [];
  #lostAt: number | undefined;
  #wasOnline = false;
  /** The user name of the last `online`. */
  #name = '';
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
    this.#terminal = terminal(this);
    this.#view = view(() => this.#terminal.columns);
    this.#display = new Display({
      conversation: this.#conversation,
      terminal: this.#terminal,
      view: this.#view,
      reading: new Reading(() => this.#conversation),
    });
    this.#arrivals = new Arrivals(this.#display, this.#view);
    this.#completer = new Completer(this.#conversation, this.#display);
    this.#questions = new PersonQuestions(this.#terminal, this.#display, this.#view);
    this.#presence = new PresenceNotices((text) => this.#notice(text));
    this.#talk = new Talk(this.#conversation, this.#view, this.#display, {
      quit: () => this.leave(),
      sent: (show) => this.#arrivals.sent(show),
      answered: () => this.#questions.over(),
      allAnswered: () => {
        if (this.#leaving) void this.#conversation.leave();
      },
    });
    this.#login = new Login(
      {
        ask: (prompt, hidden) => this.#askPerson(shown(prompt), hidden),
        say: (text) => this.#error(text),
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
    const isOnline = this.#conversation.state.state === 'online';
    const { unanswered } = this.#talk;
    return promptTo(this.#display.addressee, { isOnline, unanswered }, this.#view, this.#terminal.columns);
  }

  complete(before: string, step: 'before' | 'after'): Completion | Promise<Completion> {
    return this.#completer.complete(before, step);
  }

  /** Cancels a question, or withdraws requests not sent yet. If there are none, or it is quitting already, it quits. */
  interrupt(): void {
    if (this.#questions.cancel()) return;
    const withdrawn = this.#leaving ? 0 : this.#conversation.withdraw();
    if (withdrawn === 0) this.leave();
    else this.#error(`Lines withdrawn: ${withdrawn}. Press Ctrl-C again to quit.`);
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
      this.#notice(`Lines not sent yet: ${unanswered}. Will quit once everything is sent.`);
    }
  }

  /** Logs out without waiting for answers: the terminal is gone. */
  hangUp(): void {
    this.#leaving = true;
    void this.#conversation.leave();
  }

  line(text: string): void {
    if (!this.#wasOnline) {
      this.#early.push(text);
      return;
    }
    this.#display.toEnd();
    this.#talk.line(text);
  }

  status(): string | undefined {
    return this.#wasOnline ? this.#display.status() : undefined;
  }

  turn(to: Turn): void {
    this.#display.turn(to);
  }

  resized(): void {
    if (this.#wasOnline) this.#display.repaint();
  }

  async pasted(lines: readonly string[]): Promise<void> {
    if (await this.#questions.confirmsPaste(lines)) for (const line of lines) this.line(line);
  }

  tooLong(): void {
    this.#error('That line is too long; it was not sent.');
  }

  async ask(question: Ask, gone: AbortSignal): Promise<Step | undefined> {
    if (this.#conversation.state.state !== 'online') return this.#login.answer(question);
    // A line typed before the question was shown may have been meant as its answer.
    const withdrawn = isSecret(question) ? this.#conversation.withdraw() : 0;
    if (withdrawn > 0) this.#error(`Lines typed before the question were not sent: ${withdrawn}.`);
    const text = await this.#questions.answer(question, gone);
    return text === undefined ? undefined : { type: 'answer', text };
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
        this.#arrivals.caughtUp();
        this.#over(state);
        break;
    }
    this.#terminal.refresh();
  }

  message(message: Received): void {
    this.#arrivals.message(message);
  }

  entry(entry: ReceivedEntry): void {
    this.#arrivals.entry(entry);
  }

  caughtUp(): void {
    this.#arrivals.caughtUp();
  }

  room(room: KnownRoom): void {
    this.#display.room(room);
  }

  roomLeft(room: number): void {
    this.#display.roomLeft(room);
  }

  presence(change: { readonly came: readonly string[]; readonly left: readonly string[] }): void {
    const { online, name } = this.#conversation;
    if (this.#knowsOnline) this.#presence.change(change, name);
    else this.#display.print(() => this.#view.names('online:', online));
    this.#knowsOnline = true;
  }

  #welcomed(name: string): void {
    if (this.#lostAt !== undefined) {
      const outage = performance.now() - this.#lostAt;
      this.#notice(`Reconnected after ${Math.round(outage / 1000)} s.`);
      this.#presence.resume(outage);
    } else if (!this.#wasOnline) {
      const text = `You are ${name} at ${this.#place}. What you type goes to everyone; type /help for more.`;
      this.#notice(text);
    }
    if (this.#wasOnline && this.#name !== name) this.#notice(`You are ${name} now.`);
    this.#name = name;
    void this.#conversation.rooms.listAll().then(() => this.#display.listed());
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
    this.#arrivals.caughtUp();
    this.#presence.pause();
    if (!this.#wasOnline) {
      this.#failure = lostText(state.why);
      this.#conversation.close();
      return;
    }
    if (this.#lostAt !== undefined) return;
    this.#lostAt = performance.now();
    this.#notice(`${lostText(state.why)} Reconnecting.`);
  }

  #over(closed: State & { readonly state: 'closed' }): void {
    if (this.#talk.unanswered > 0) {
      this.#error(`Lines not sent or not answered: ${this.#talk.unanswered}.`);
    }
    if (this.#failure !== undefined) {
      this.#error(`Cannot connect to ${this.#place}. ${this.#failure}`);
      this.#end(EXIT.noConnection);
      return;
    }
    const left = this.#leaving || closed.why === 'left' || closed.why === 'goodbye';
    if (!left) this.#error(closedText(closed, this.#login.name));
    this.#end(left ? 0 : EXIT.refused);
  }

  #notice(text: string): void {
    this.#display.print(() => this.#view.notice(text));
  }

  #error(text: string): void {
    this.#display.print(() => this.#view.error(text));
  }

  #end(code: number): void {
    this.#presence.pause();
    this.#terminal.close();
    this.#finished.resolve(code);
  }
}
