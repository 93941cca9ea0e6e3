import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Completion } from './completion.ts';
import { type EditAction, Editor } from './editor.ts';
import { HeldInput } from './held-input.ts';
import { Screen } from './screen.ts';
import type { Draft, Terminal, TerminalOwner } from './terminal.ts';
import { wrapped } from './width.ts';

/** How many choices of a completion are shown. */
const SHOWN = 60;

/** A terminal with a steady input line at the bottom. */
export class AnsiTerminal implements Terminal {
  readonly hasWindows = true;
  readonly #input: ReadStream;
  readonly #owner: TerminalOwner;
  readonly #screen: Screen;
  readonly #editor = new Editor();
  #question: { readonly prompt: string; readonly answer: (line: string | undefined) => void } | undefined;
  #held: HeldInput | undefined;
  readonly #pressed = (text: string | undefined, key: Key) => this.#press(text, key);
  readonly #resumed = () => this.#takeUp();
  readonly #exited = () => this.close();
  readonly #gone = () => this.#owner.hangUp();

  constructor(input: ReadStream, output: WriteStream, owner: TerminalOwner) {
    this.#input = input;
    this.#owner = owner;
    const bottom = () => {
      const [before, after] = this.#editor.hidden ? ['', ''] : this.#editor.parts;
      return {
        status: owner.status(),
        input: { prompt: this.#prompt, before, after },
      };
    };
    this.#screen = new Screen(output, bottom, () => owner.resized());
    this.#editor.hidden = true;
    emitKeypressEvents(input);
    input.on('keypress', this.#pressed).on('end', this.#gone).on('error', this.#gone);
    process.on('SIGCONT', this.#resumed);
    // Restores the terminal however the program ends.
    process.once('exit', this.#exited);
    this.#takeUp();
  }

  get #prompt(): string {
    if (this.#held !== undefined) return '';
    return this.#question?.prompt ?? this.#owner.prompt() ?? '';
  }

  get columns(): number {
    return this.#screen.columns;
  }

  get rows(): number {
    return this.#screen.rows;
  }

  repaint(lines: readonly string[]): void {
    this.#screen.repaint(lines);
  }

  swapDraft(draft: Draft): Draft {
    const before = this.#editor.parts;
    this.#editor.set(...draft);
    return before;
  }

  print(...lines: readonly string[]): void {
    this.#screen.print(...lines);
  }

  ring(): void {
    this.#screen.ring();
  }

  refresh(): void {
    const isAsking = this.#question !== undefined || this.#held !== undefined;
    if (!isAsking) this.#editor.hidden = this.#owner.prompt() === undefined;
    this.#screen.draw();
  }

  ask(prompt: string, hidden: boolean, gone?: AbortSignal): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const drop = () => this.#question?.answer(undefined);
    gone?.addEventListener('abort', drop);
    // A message being typed is not an answer, but text typed ahead of the question is.
    const held = this.#held;
    const draft = held?.draft ?? this.#editor.parts;
    if (this.#owner.prompt() !== undefined && held === undefined) this.#editor.clear();
    this.#held = undefined;
    this.#editor.hidden = hidden;
    this.#question = {
      prompt,
      answer: (line) => {
        gone?.removeEventListener('abort', drop);
        // Question and answer stay visible.
        this.#screen.print(prompt + (hidden ? '' : (line ?? '')));
        if (this.#owner.prompt() === undefined) this.#editor.clear();
        else this.#editor.set(...draft);
        this.#question = undefined;
        this.refresh();
        resolve(line);
      },
    };
    this.#screen.draw();
    if (held !== undefined) this.#answerHeld(held);
    return promise;
  }

  /** Answers a question with what was typed before it came. The answer may be followed by another question. */
  #answerHeld(held: HeldInput): void {
    const ahead = held.lines.shift();
    if (ahead === undefined && !held.isDeclined) return;
    const typed = this.#editor.parts;
    this.#question?.answer(held.isDeclined ? undefined : ahead);
    if (held.isDeclined) return;
    this.#held = held;
    this.#editor.set(...typed);
    this.#editor.hidden = true;
  }

  hold(): void {
    if (this.#held !== undefined) return;
    this.#held = new HeldInput(this.#editor.parts);
    this.#editor.clear();
    this.#editor.hidden = true;
  }

  release(): boolean {
    const held = this.#held;
    if (held === undefined) return false;
    const isTyped = held.lines.length > 0 || this.#editor.text !== '';
    this.#held = undefined;
    this.#editor.clear();
    this.#editor.set(...held.draft);
    this.refresh();
    return isTyped;
  }

  close(): void {
    process.off('SIGCONT', this.#resumed);
    process.off('exit', this.#exited);
    // Keeps the error handler: restoring a terminal that is gone fails.
    this.#input.off('keypress', this.#pressed).off('end', this.#gone);
    this.#leave();
  }

  #takeUp(): void {
    // A shell may have changed the mode behind Node's back.
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#screen.open();
  }

  #leave(): void {
    this.#screen.close();
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  #suspend(): void {
    this.#leave();
    // Stops the whole job, as the terminal does: a shell also waits for npx, for example.
    process.kill(0, 'SIGTSTP');
    // Without a shell to resume it, the job does not stop.
    setImmediate(this.#resumed);
  }

  #press(text: string | undefined, key: Key): void {
    this.#editor.keepsPastes =
      this.#question === undefined && this.#held === undefined && this.#owner.prompt() !== undefined;
    const action = this.#editor.press(text, key);
    if (action !== undefined) this.#do(action);
    this.#screen.draw();
  }

  #do(action: EditAction): void {
    switch (action.kind) {
      case 'line':
        if (this.#held !== undefined) this.#held.lines.push(action.line);
        else if (this.#question === undefined) this.#owner.line(action.line);
        else this.#question.answer(action.line);
        break;
      case 'turn':
        // A question stays until it is answered.
        if (this.#question === undefined && this.#held === undefined) this.#owner.turn(action.to);
        break;
      case 'paste':
        this.#owner.pasted(action.lines);
        break;
      case 'too-long':
        this.#owner.tooLong();
        break;
      case 'interrupt':
      case 'end':
        this.#question?.answer(undefined);
        if (action.kind === 'end') this.#owner.leave();
        else if (this.#held !== undefined) this.#held.isDeclined = true;
        else this.#owner.interrupt();
        break;
      case 'complete':
        if (this.#question === undefined && this.#held === undefined) this.#complete(action.step);
        break;
      case 'redraw':
        this.#screen.clear();
        this.#owner.resized();
        break;
      case 'suspend':
        this.#suspend();
        break;
    }
  }

  #complete(step: 'before' | 'after'): void {
    const draft = this.#editor.parts;
    const found = this.#owner.complete(draft[0], step);
    if (!(found instanceof Promise)) this.#completed(draft, found);
    else {
      void found.then((completion) => {
        // More may have been typed meanwhile.
        const isSame = this.#editor.parts.join('\n') === draft.join('\n');
        if (isSame && this.#question === undefined) this.#completed(draft, completion);
      });
    }
  }

  #completed([typed, after]: Draft, { before, choices }: Completion): void {
    this.#editor.set(before, after);
    this.#screen.draw();
    // Nothing can be completed: shows the choices.
    if (before !== typed || choices.length === 0) return;
    const more = choices.length > SHOWN ? ` and ${choices.length - SHOWN} more` : '';
    const lines = wrapped(choices.slice(0, SHOWN).join('  ') + more, this.columns, 2, 2);
    this.print(...lines.map((line) => `  ${line}`));
  }
}
