import { nameKey } from '../../kernel/names.ts';
import { Conversation, type ConversationOptions } from '../conversation.ts';
import type { Ask, Owner, Received, State, Step } from '../owner.ts';
import { type Answer, RequestError } from '../requests.ts';
import { type Completion, completed } from './completion.ts';
import { EXIT } from './exit.ts';
import type { Face, FaceOwner } from './face.ts';
import { type Given, Login } from './login.ts';
import { isFor } from './mention.ts';
import { shown } from './safe.ts';
import type { View } from './view.ts';
import { widthOf } from './width.ts';
import { closedText, errorText, lostText, misusedText } from './wording.ts';
import { type Addressee, commandOf, commandsOr, OWN_COMMANDS, wordsOf } from './words.ts';

/** How many names are shown at once, and how many comings and goings. */
const NAMES = 40;
const CHANGES = 5;

/** From how many on the prompt shows how much waits to be sent. */
const CROWD = 5;

/** What a client for a person is made of. */
export interface ClientOptions {
  readonly open: ConversationOptions['open'];
  /** The server, as a person writes it. */
  readonly place: string;
  readonly given: Given;
  /** Makes what is seen and typed on. */
  readonly face: (owner: FaceOwner) => Face;
  readonly view: (columns: () => number) => View;
}

/** One person's conversation at a terminal: what is typed becomes requests, what comes becomes lines. */
export class Client implements Owner, FaceOwner {
  readonly #place: string;
  readonly #face: Face;
  readonly #view: View;
  readonly #login: Login;
  readonly #conversation: Conversation;
  #addressee: Addressee = 'everyone';
  /** What was said while this account was away, until all of it has come. */
  #waited: Received[] = [];
  /** What was typed before it was asked for. */
  #early: string[] = [];
  #lostAt: number | undefined;
  #wasOnline = false;
  #knowsOnline = false;
  /** How much of what was typed has no answer yet. */
  #unanswered = 0;
  #leaving = false;
  #failure: string | undefined;
  readonly #finished = Promise.withResolvers<number>();

  constructor({ open, place, given, face, view }: ClientOptions) {
    this.#place = place;
    const { name, password, register } = given;
    const login = name !== undefined && password !== undefined ? { login: { name, password, register } } : {};
    this.#conversation = new Conversation({ open, owner: this, ...login });
    this.#face = face(this);
    this.#view = view(() => this.#face.columns);
    this.#login = new Login(
      {
        ask: (prompt, hidden) => this.#askPerson(shown(prompt), hidden),
        say: (text) => this.#face.print(...this.#view.error(text)),
      },
      given,
    );
  }

  /** Talks until it is over. @returns the exit code */
  run(): Promise<number> {
    this.#conversation.start();
    return this.#finished.promise;
  }

  prompt(): string | undefined {
    if (!this.#wasOnline) return undefined;
    const { state } = this.#conversation.state;
    const to = this.#addressee === 'everyone' ? 'everyone' : this.#addressee.join(' ');
    const waiting = this.#unanswered < CROWD ? '' : `(${this.#unanswered} waiting) `;
    const away = state === 'online' ? waiting : '(no connection) ';
    const text = `${away}${shown(to)}> `;
    return widthOf(text) <= this.#face.columns / 3 ? this.#view.style('bold', text) : state === 'online' ? '> ' : '… ';
  }

  complete(before: string): Completion {
    const { commands, online } = this.#conversation;
    return completed(before, commands, online.map(shown));
  }

  /** Takes back what waits to be sent; where nothing does, or this person is leaving, leaves. */
  interrupt(): void {
    const withdrawn = this.#leaving ? 0 : this.#conversation.withdraw();
    if (withdrawn === 0) this.leave();
    else this.#face.print(...this.#view.error(`Taken back, and not sent: ${withdrawn}. Ctrl-C again leaves.`));
  }

  /** Leaves politely, once what was typed is answered; asked a second time, at once. */
  leave(): void {
    if (this.#leaving) {
      this.#conversation.close();
      return;
    }
    this.#leaving = true;
    if (this.#unanswered === 0) {
      void this.#conversation.leave();
    } else if (this.#unanswered > 1 || this.#conversation.state.state !== 'online') {
      const text = `Not sent yet: ${this.#unanswered}. It is left when all is sent.`;
      this.#face.print(...this.#view.notice(text));
    }
  }

  /** Leaves politely, and does not wait for what was typed: there may be nobody any more. */
  hangUp(): void {
    this.#leaving = true;
    void this.#conversation.leave();
  }

  line(text: string): void {
    if (!this.#wasOnline) {
      this.#early.push(text);
      return;
    }
    const words = wordsOf(text, this.#conversation.commands, this.#addressee);
    const said = text.trim().startsWith('/') ? undefined : text.trim();
    switch (words.kind) {
      case 'nothing':
        break;
      case 'quit':
        this.leave();
        break;
      case 'to':
        this.#address(words.to, words.sure ? undefined : said);
        break;
      case 'misused':
        this.#face.print(...this.#view.error(misusedText(words.command.usage, said)));
        break;
      case 'message':
        void this.#awaited(this.#send(words.to, words.text));
        break;
      case 'help':
        void this.#awaited(this.#help(words.text, said));
        break;
      case 'command':
        void this.#awaited(this.#command(words.name, words.text, said));
        break;
    }
  }

  ask(question: Ask): Promise<Step | undefined> {
    return this.#login.answer(question);
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
    this.#face.refresh();
  }

  message(message: Received): void {
    if (message.waited) this.#waited.push(message);
    else this.#show([message]);
  }

  caughtUp(): void {
    this.#showWaited();
  }

  presence({ came, left }: { readonly came: readonly string[]; readonly left: readonly string[] }): void {
    if (!this.#knowsOnline) {
      this.#knowsOnline = true;
      this.#printNames('online:', this.#conversation.online);
      return;
    }
    const me = this.#conversation.name;
    for (const [names, did] of [
      [came.filter((name) => name !== me), 'came'],
      [left.filter((name) => name !== me), 'left'],
    ] as const) {
      if (names.length > CHANGES) this.#face.print(...this.#view.notice(`${names.length} ${did}`));
      else if (names.length > 0) this.#face.print(...this.#view.notice(`${names.join(', ')} ${did}`));
    }
  }

  #welcomed(name: string): void {
    if (this.#lostAt !== undefined) {
      const seconds = Math.round((Date.now() - this.#lostAt) / 1000);
      this.#face.print(...this.#view.notice(`back after ${seconds} s`));
    } else if (!this.#wasOnline) {
      const text = `You are ${name} at ${this.#place}. What you type is for everyone; /help says more.`;
      this.#face.print(...this.#view.notice(text));
    }
    this.#lostAt = undefined;
    this.#wasOnline = true;
    // It may be a password that nobody asked for.
    this.#early = [];
  }

  #askPerson(prompt: string, hidden: boolean): Promise<string | undefined> {
    const early = this.#early.shift();
    if (early === undefined) return this.#face.ask(prompt, hidden);
    this.#face.print(prompt + (hidden ? '' : early));
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
      this.#face.print(...this.#view.notice(`The connection is lost (${lostText(state.why)}). It is tried again.`));
    }
    this.#lostAt ??= Date.now();
  }

  #over(closed: State & { readonly state: 'closed' }): void {
    if (this.#unanswered > 0) {
      this.#face.print(...this.#view.error(`Not sent, or not answered: ${this.#unanswered}.`));
    }
    if (this.#failure !== undefined) {
      this.#face.print(...this.#view.error(`No connection to ${this.#place}: ${this.#failure}`));
      this.#end(EXIT.noConnection);
      return;
    }
    const left = this.#leaving || closed.why === 'left' || closed.why === 'goodbye';
    if (!left) this.#face.print(...this.#view.error(closedText(closed)));
    this.#end(left ? 0 : EXIT.refused);
  }

  #end(code: number): void {
    this.#face.close();
    this.#finished.resolve(code);
  }

  #showWaited(): void {
    const waited = this.#waited;
    this.#waited = [];
    if (waited.length === 0) return;
    const count = waited.length === 1 ? 'a message' : `${waited.length} messages`;
    this.#face.print(...this.#view.rule(`${count} while you were away`));
    this.#show(waited);
    this.#face.print(...this.#view.rule('now'));
  }

  #show(messages: readonly Received[]): void {
    const { name = '' } = this.#conversation;
    this.#face.print(...messages.flatMap((message) => this.#view.message(message, name)));
    if (messages.some((message) => isFor(message, name))) this.#face.ring();
  }

  /** Sets whom plain talk is for. @param said what was typed, where that may have been plain talk itself */
  #address(to: Addressee, said: string | undefined): void {
    const online = new Set(this.#conversation.online.map(nameKey));
    const strangers = to === 'everyone' || said === undefined ? [] : to.filter((name) => !online.has(nameKey(name)));
    if (strangers.length > 0) {
      const text = `Not online: ${strangers.join(', ')}. To write to them all the same: /${said}. To say it as it is: say ${said}`;
      this.#face.print(...this.#view.error(text));
      return;
    }
    this.#addressee = to;
    this.#face.refresh();
  }

  /** Counts what has no answer yet. Who is leaving leaves after the last. */
  async #awaited(request: Promise<void>): Promise<void> {
    if (this.#conversation.state.state !== 'online') {
      this.#face.print(...this.#view.notice('It is sent when the connection is back.'));
    }
    this.#unanswered++;
    await request;
    this.#unanswered--;
    if (this.#leaving && this.#unanswered === 0) void this.#conversation.leave();
  }

  async #send(to: Addressee, text: string): Promise<void> {
    try {
      const { facts } = await this.#conversation.message(to, text);
      const unknown = Array.isArray(facts?.unknown) ? facts.unknown.map(String) : [];
      const reached = to === 'everyone' ? to : to.filter((name) => !unknown.includes(name));
      if (reached.length > 0) this.#face.print(...this.#view.sent(reached, text));
      if (unknown.length > 0) this.#face.print(...this.#view.error(`Nobody is called ${unknown.join(', ')}.`));
    } catch (cause) {
      this.#refused(cause, to === 'everyone' ? 'broadcast' : 'message');
    }
  }

  async #command(name: string, text: string, said?: string): Promise<void> {
    try {
      this.#answered(await this.#conversation.command(name, text));
    } catch (cause) {
      this.#refused(cause, name, said);
    }
  }

  async #help(text: string, said?: string): Promise<void> {
    const own = OWN_COMMANDS.filter(({ name, aliases }) => text === '' || name === text || aliases.includes(text));
    if (text === '') {
      this.#face.print(
        ...this.#view.answer([
          'What is no command is said to whom the prompt names; @name text to that one user.',
          '/ before a command may be left out, and what has it is never said to anyone.',
        ]),
      );
    }
    const line = ({ usage, summary }: { usage: string; summary: string }) => `${usage} - ${summary}`;
    this.#face.print(...this.#view.answer(own.map(line)));
    if (text === '' || own.length === 0) await this.#command('help', text, said);
  }

  #answered({ command, text, lines, facts }: Answer): void {
    const names = Array.isArray(facts?.names) ? facts.names.map(String) : undefined;
    if (names !== undefined) this.#printNames(`${command}:`, names);
    else this.#face.print(...this.#view.answer(lines ?? [text ?? '']));
  }

  #printNames(label: string, names: readonly string[]): void {
    const more = names.length > NAMES ? this.#view.notice(`and ${names.length - NAMES} more`) : [];
    if (names.length === 0) this.#face.print(...this.#view.notice(`${label} nobody`));
    else this.#face.print(...this.#view.names(`  ${label}`, names.slice(0, NAMES)), ...more);
  }

  #refused(cause: unknown, name: string, said?: string): void {
    if (!(cause instanceof RequestError)) throw cause;
    // Why it is over is said once, and what was not sent or taken back is counted.
    if (cause.reason === 'closed' || cause.reason === 'withdrawn') return;
    const known = commandOf(name, commandsOr(this.#conversation.commands));
    this.#face.print(...this.#view.error(errorText(cause, known?.usage, said)));
  }
}
