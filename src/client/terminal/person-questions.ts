import { type Ask, isSecret } from '../owner.ts';
import { titleOf } from './addressee.ts';
import type { Display } from './display.ts';
import { questionText } from './messages.ts';
import { shown } from './safe.ts';
import type { Terminal } from './terminal.ts';
import type { View } from './view.ts';

/** The questions after the login, which Ctrl-C cancels. */
export class PersonQuestions {
  readonly #terminal: Terminal;
  readonly #display: Display;
  readonly #view: View;
  #open: AbortController | undefined;
  /** Whether the command has asked something before. */
  #isAsking = false;

  constructor(terminal: Terminal, display: Display, view: View) {
    this.#terminal = terminal;
    this.#display = display;
    this.#view = view;
  }

  /** Cancels the open question. @returns whether there was one */
  cancel(): boolean {
    this.#open?.abort();
    return this.#open !== undefined;
  }

  /** A command was answered, so it asks no more. */
  over(): void {
    this.#isAsking = false;
    if (!this.#terminal.release()) return;
    this.#display.print(() => this.#view.notice('What you typed meanwhile was dropped, as it may be a secret.'));
  }

  /** Answers a command. Its questions are the person's, even one for a password that the login knows. */
  async answer(ask: Ask, gone: AbortSignal): Promise<string | undefined> {
    const { problem, prompt } = questionText(ask);
    if (problem !== '') this.#display.print(() => this.#view.error(problem));
    const asking = ask.command === undefined ? 'The server' : `/${ask.command}`;
    if (!this.#isAsking) this.#display.print(() => this.#view.notice(`${asking} is asking. Ctrl-C cancels.`));
    this.#isAsking = true;
    const answer = await this.#ask(shown(prompt), isSecret(ask), gone);
    if (answer !== undefined && isSecret(ask)) this.#terminal.hold();
    return answer;
  }

  /** Asks whether to send pasted lines. */
  async confirmsPaste(lines: readonly string[]): Promise<boolean> {
    this.#display.print(() => this.#view.pasted(lines));
    const to = shown(titleOf(this.#display.addressee));
    const answer = await this.#ask(`Send these ${lines.length} lines to ${to}? [Y/n] `, false);
    const confirms = answer !== undefined && /^(y(es)?)?$/i.test(answer.trim());
    if (!confirms) this.#display.print(() => this.#view.notice('Nothing was sent.'));
    return confirms;
  }

  async #ask(prompt: string, hidden: boolean, gone?: AbortSignal): Promise<string | undefined> {
    const open = new AbortController();
    this.#open = open;
    try {
      return await this.#terminal.ask(prompt, hidden, gone ? AbortSignal.any([gone, open.signal]) : open.signal);
    } finally {
      this.#open = undefined;
    }
  }
}
