import { nameKey } from '../../api/names.ts';
import { commandOf, wordsLike } from '../commands.ts';
import type { Conversation } from '../conversation.ts';
import { type Answer, RequestError } from '../requests.ts';
import type { View } from './view.ts';
import { errorText, misusedText } from './wording.ts';
import { type Addressee, type CommandLine, commandsOr, ownCommands, sayingLine, wordsOf } from './words.ts';

/** What the talk needs of the client. */
export interface TalkHost {
  print(...lines: readonly string[]): void;
  /** The prompt names somebody else now. */
  addressed(): void;
  /** The person would like to leave. */
  quit(): void;
  /** All that was typed is answered. */
  answered(): void;
}

/** What a person types becomes requests, and the answers to these become lines. */
export class Talk {
  readonly #conversation: Conversation;
  readonly #view: View;
  readonly #host: TalkHost;
  /** Whom plain talk is for. */
  addressee: Addressee = 'everyone';
  /** How much of what was typed has no answer yet. */
  unanswered = 0;

  constructor(conversation: Conversation, view: View, host: TalkHost) {
    this.#conversation = conversation;
    this.#view = view;
    this.#host = host;
  }

  line(text: string): void {
    const words = wordsOf(text, this.#conversation.commands, this.addressee);
    // What has `/` before it was no plain talk.
    const said = text.trim().startsWith('/') ? undefined : text.trim();
    switch (words.kind) {
      case 'nothing':
        break;
      case 'quit':
        this.#host.quit();
        break;
      case 'to':
        this.#address(words.to, words.sure ? undefined : said);
        break;
      case 'misused':
        this.#host.print(...this.#view.error(misusedText(words.usage, this.#saying(said))));
        break;
      case 'message':
        void this.#awaited(this.#send(words.to, words.text, words.unless, said));
        break;
      case 'help':
        void this.#awaited(this.#help(words.text, said));
        break;
      case 'command':
        void this.#awaited(this.#command(words.name, words.text, said));
        break;
    }
  }

  /** Sets whom plain talk is for. @param said what was typed, where that may have been plain talk itself */
  #address(to: Addressee, said: string | undefined): void {
    const { online, watching } = this.#conversation;
    const known = new Set(online.map(nameKey));
    const strangers = to === 'everyone' ? [] : to.filter((name) => !known.has(nameKey(name)));
    if (said !== undefined && watching && strangers.length > 0) {
      const anyway = `To write to them all the same: /${said}. To say it as it is: ${this.#saying(said)}`;
      const text = `Not online: ${strangers.join(', ')}. ${anyway}`;
      this.#host.print(...this.#view.error(text));
      return;
    }
    this.addressee = to;
    this.#host.addressed();
  }

  /** Counts what has no answer yet. */
  async #awaited(request: Promise<void>): Promise<void> {
    if (this.#conversation.state.state !== 'online') {
      this.#host.print(...this.#view.notice('It is sent when the connection is back.'));
    }
    this.unanswered++;
    await request;
    this.unanswered--;
    if (this.unanswered === 0) this.#host.answered();
  }

  /** @param unless the call that it is instead, where the server has that command @param said what was typed */
  async #send(to: Addressee, text: string, unless?: CommandLine, said?: string): Promise<void> {
    try {
      const { facts } = await this.#conversation.message(to, text, unless?.name);
      const unknown = Array.isArray(facts?.unknown) ? facts.unknown.map(String) : [];
      const reached = to === 'everyone' ? to : to.filter((name) => !unknown.includes(name));
      if (reached.length > 0) this.#host.print(...this.#view.sent(reached, text));
      if (unknown.length > 0)
        this.#host.print(
          ...this.#view.error(`Not sent to ${unknown.join(', ')}: nobody who can be reached has that name.`),
        );
    } catch (cause) {
      const isCommand = cause instanceof RequestError && cause.reason === 'is-command';
      if (isCommand && unless !== undefined) await this.#command(unless.name, unless.text, said);
      else this.#refused(cause, to === 'everyone' ? 'broadcast' : 'message');
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
    const all = ownCommands(this.#conversation.commands);
    const own = all.filter(({ name, aliases }) => text === '' || name === text || aliases.includes(text));
    if (text === '') {
      this.#host.print(
        ...this.#view.answer([
          'What is no command is said to whom the prompt names; @name text to that one user.',
          '/ before a command may be left out, and what has it is never said to anyone.',
        ]),
      );
    }
    const line = ({ usage, summary }: { usage: string; summary: string }) => `${usage} - ${summary}`;
    this.#host.print(...this.#view.answer(own.map(line)));
    if (text === '' || own.length === 0) await this.#command('help', text, said);
  }

  #answered({ command, text, lines, facts }: Answer): void {
    const names = Array.isArray(facts?.names) ? facts.names.map(String) : undefined;
    if (names !== undefined) this.#host.print(...this.#view.names(`${command}:`, names));
    else this.#host.print(...this.#view.answer(lines ?? [text ?? '']));
  }

  #refused(cause: unknown, name: string, said?: string): void {
    if (!(cause instanceof RequestError)) throw cause;
    // Why it is over is said once, and what was not sent or taken back is counted.
    if (cause.reason === 'closed' || cause.reason === 'withdrawn') return;
    const commands = commandsOr(this.#conversation.commands);
    const usage = commandOf(name, commands)?.usage;
    const like = wordsLike(cause.about, [...commands, ...ownCommands(commands)]);
    this.#host.print(...this.#view.error(errorText(cause, { usage, like, saying: this.#saying(said) })));
  }

  /** How to say what was typed, where that may have been plain talk. */
  #saying(said: string | undefined): string | undefined {
    return said && sayingLine(said, this.addressee, this.#conversation.commands);
  }
}
