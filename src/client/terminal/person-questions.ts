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

  /** Answers a command. Its questions are the person's, even one for a password that the login knows. */
  answer(ask: Ask, gone: AbortSignal): Promise<string | undefined> {
    const { problem, prompt } = questionText(ask);
    if (problem !== '') this.#display.print(() => this.#view.error(problem));
    const asking = ask.command === undefined ? 'The server' : `/${ask.command}`;
    this.#display.print(() => this.#view.notice(`${asking} is asking. Ctrl-C cancels.`));
    return this.#ask(shown(prompt), isSecret(ask), gone);
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
