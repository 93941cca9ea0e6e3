import { nameKey } from '../../api/names.ts';
import { commandOf, wordsLike } from '../commands.ts';
import type { Conversation } from '../conversation.ts';
import { undeliveredTo } from '../reasons.ts';
import { type Answer, RequestError } from '../requests.ts';
import type { Addressee } from './addressee.ts';
import type { Display } from './display.ts';
import { messageCommand } from './message-commands.ts';
import type { MessageItem } from './message-item.ts';
import { answerText, errorText, misusedText } from './messages.ts';
import { commandsOr, ownCommands, type ParsedLine, parseLine, sayingLine } from './parsed-line.ts';
import { type SearchHit, searchHitsIn } from './search-hits.ts';
import type { View } from './view.ts';

/** What this needs from the client. */
export interface TalkHost {
  /** The user wants to quit. */
  quit(): void;
  /** A message was sent. @param show shows it */
  sent(show: () => void): void;
  /** A command has been answered. */
  answered(): void;
  /** Everything typed has been answered. */
  allAnswered(): void;
}

/** Turns typed lines into requests, and their answers into lines. */
export class Talk {
  readonly #conversation: Conversation;
  readonly #view: View;
  readonly #display: Display;
  readonly #host: TalkHost;
  /** Settled once all lines so far are answered. */
  #earlier: Promise<unknown> = Promise.resolve();
  /** What the last search has found. */
  #hits: readonly SearchHit[] = [];
  /** How many typed lines have no answer yet. */
  unanswered = 0;

  constructor(conversation: Conversation, view: View, display: Display, host: TalkHost) {
    this.#conversation = conversation;
    this.#view = view;
    this.#display = display;
    this.#host = host;
  }

  line(text: string): void {
    const line = parseLine(text, this.#conversation.commands, this.#display.addressee);
    const typed = text.trim();
    switch (line.kind) {
      case 'nothing':
        break;
      case 'quit':
        this.#host.quit();
        break;
      case 'to':
        this.#address(line.to, line.sure ? undefined : typed);
        break;
      case 'window':
        this.#window(line.to);
        break;
      case 'jump':
        void this.#awaited(this.#jump(line.to), typed);
        break;
      case 'close':
        this.#display.close();
        break;
      case 'misused':
        this.#error(misusedText(line.usage, this.#saying(typed)));
        break;
      case 'message':
        void this.#awaited(this.#send(line, typed), typed);
        break;
      case 'help':
        void this.#awaited(this.#help(line.text, typed), typed);
        break;
      case 'command':
        void this.#awaited(this.#command(line.name, line.text, typed), typed);
        break;
    }
  }

  /** Sets the addressee. @param typed the line, if it may have been meant as a message */
  #address(to: Addressee, typed: string | undefined): void {
    const { online, watching } = this.#conversation;
    const known = new Set(online.map(nameKey));
    const strangers = to === 'everyone' ? [] : to.filter((name) => !name.startsWith('#') && !known.has(nameKey(name)));
    if (typed !== undefined && watching && strangers.length > 0) {
      const anyway = `To write to them anyway: /${typed}. To send it as text: ${this.#saying(typed)}`;
      const text = `Not online: ${strangers.join(', ')}. ${anyway}`;
      this.#error(text);
      return;
    }
    this.#display.open(to);
  }

  #window(to: number | Addressee): void {
    if (typeof to !== 'number') this.#display.open(to);
    else if (!this.#display.openNumber(to)) this.#error(`There is no window ${to}.`);
  }

  /** Shows a hit of the last search in its window. */
  async #jump(number: number): Promise<void> {
    const hit = this.#hits[number - 1];
    if (hit === undefined) this.#error(`The last search has no hit ${number}. Search with /search first.`);
    else if (!(await this.#display.jump(hit)))
      this.#error(`Message ${hit.id} is gone, or the server keeps no history.`);
  }

  /** Counts the request of a line until it is answered. */
  async #awaited(request: Promise<void>, typed: string): Promise<void> {
    if (this.#conversation.state.state !== 'online') {
      this.#display.print(() => this.#view.notice(`Not sent yet: ${typed}`));
      this.#conversation.tryNow();
    }
    this.unanswered++;
    this.#earlier = Promise.all([this.#earlier, request]);
    await request;
    this.unanswered--;
    if (this.unanswered === 0) this.#host.allAnswered();
  }

  /**
   * @param typed the line
   * @param reply the message that this one answers
   */
  async #send(
    { to, text, unless, form }: Omit<ParsedLine & { readonly kind: 'message' }, 'kind'>,
    typed: string,
    reply?: MessageItem,
  ): Promise<void> {
    const { current } = this.#display;
    try {
      const options = { unlessCommand: unless?.name, form, reply: reply?.id };
      const { facts } = await this.#conversation.message(to, text, options);
      const unknown = Array.isArray(facts?.unknown) ? facts.unknown.map(String) : [];
      const reached = to === 'everyone' ? to : to.filter((name) => !unknown.includes(name));
      if (reached.length > 0) this.#host.sent(() => this.#display.sent(reached, text, facts, current, { form, reply }));
      if (unknown.length > 0) this.#error(undeliveredTo(unknown, unknown.length + reached.length));
    } catch (cause) {
      const isCommand = cause instanceof RequestError && cause.reason === 'is-command';
      if (isCommand && unless !== undefined) await this.#command(unless.name, unless.text, typed);
      else this.#refused(cause, to === 'everyone' ? 'broadcast' : 'message');
    }
  }

  async #command(name: string, text: string, typed: string): Promise<void> {
    const about = this.#display.hasWindows ? messageCommand(name, text) : undefined;
    // The last message may be one that is still on its way.
    if (typeof about?.message === 'string') await this.#earlier;
    const item = about && this.#display.messages.meant(about.message);
    if (typeof about?.message === 'string' && item === undefined) {
      this.#error('There is no such message in this window. Use its id, which history and search show.');
      return;
    }
    if (name === 'reply' && item !== undefined && about !== undefined && about.rest.trim() !== '') {
      await this.#send({ to: this.#display.messages.placeOf(item), text: about.rest }, typed, item);
      return;
    }
    try {
      const given = item === undefined || about === undefined ? text : `${item.id} ${about.rest}`.trim();
      this.#answered(await this.#conversation.command(name, given), typed);
    } catch (cause) {
      // As at a login, it asks for the password again, until the server has had enough.
      const isWrong = cause instanceof RequestError && cause.reason === 'password';
      this.#refused(cause, name, isWrong ? undefined : typed);
      if (isWrong) await this.#command(name, text, typed);
    } finally {
      this.#host.answered();
    }
  }

  async #help(text: string, typed: string): Promise<void> {
    const all = ownCommands(this.#conversation.commands);
    const own = all.filter(({ name, aliases }) => text === '' || name === text || aliases.includes(text));
    if (text === '') {
      this.#display.print(() =>
        this.#view.answer([
          'A line that is not a command goes to whoever the prompt names; @name text goes to that user only.',
          'The / before a command is optional. A line that starts with / is never a message.',
        ]),
      );
    }
    const line = ({ usage, summary }: { usage: string; summary: string }) => `${usage} - ${summary}`;
    this.#display.print(() => this.#view.answer(own.map(line)));
    if (text === '' || own.length === 0) await this.#command('help', text, typed);
  }

  #answered({ command, text, lines, facts }: Answer, typed: string): void {
    if (this.#display.answered(command, facts)) return;
    if (command !== 'help') this.#typed(typed);
    const found = command === 'search' && this.#display.hasWindows ? searchHitsIn(facts) : undefined;
    if (found !== undefined) this.#hits = found.hits;
    if (found !== undefined && found.hits.length > 0) {
      this.#display.print(() => this.#view.hits(found));
      return;
    }
    const names = Array.isArray(facts?.names) ? facts.names.map(String) : undefined;
    const answer = lines ?? [answerText(text)];
    const isEmpty = answer.every((line) => line === '');
    if (names !== undefined) this.#display.print(() => this.#view.names(`${command}:`, names));
    else if (!isEmpty) this.#display.print(() => this.#view.answer(answer));
    else this.#display.print(() => this.#view.notice(found === undefined ? '(no output)' : 'Nothing was found.'));
  }

  /** @param typed the line, if it may have been meant as something else */
  #refused(cause: unknown, name: string, typed?: string): void {
    if (!(cause instanceof RequestError)) throw cause;
    // Why it ended is shown once, and requests not sent or withdrawn are counted.
    if (cause.reason === 'closed' || cause.reason === 'withdrawn') return;
    if (typed !== undefined) this.#typed(typed);
    const commands = commandsOr(this.#conversation.commands);
    const usage = commandOf(name, commands)?.usage;
    const like = wordsLike(cause.about, [...commands, ...ownCommands(commands)]);
    this.#error(errorText(cause, { usage, like, saying: this.#saying(typed) }));
  }

  /** Shows a line above its answer, unless the terminal does. */
  #typed(line: string): void {
    if (this.#display.hasWindows) this.#display.print(() => this.#view.typed(line));
  }

  #error(text: string): void {
    this.#display.print(() => this.#view.error(text));
  }

  /** How to send what was typed as a message, if it may have been meant as one. */
  #saying(typed = '/'): string | undefined {
    if (typed.startsWith('/')) return undefined;
    return sayingLine(typed, this.#display.addressee, this.#conversation.commands);
  }
}
