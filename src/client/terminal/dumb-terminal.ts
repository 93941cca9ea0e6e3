import { StringDecoder } from 'node:string_decoder';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Draft, Terminal, TerminalOwner } from './terminal.ts';

/** A terminal that cannot move its cursor (TERM=dumb): it echoes and edits the input, and lines follow each other. */
export class DumbTerminal implements Terminal {
  readonly hasWindows = false;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #owner: TerminalOwner;
  readonly #decoder = new StringDecoder('utf8');
  /** The part of a line received so far. */
  #begun = '';
  /** The lines typed between two questions. */
  #held: string[] | undefined;
  #answer: ((line: string | undefined) => void) | undefined;
  readonly #received = (bytes: Buffer) => this.#receive(bytes);
  readonly #ended = () => {
    this.#answer?.(undefined);
    this.#owner.leave();
  };
  readonly #exited = () => this.close();

  constructor(input: ReadStream, output: WriteStream, owner: TerminalOwner) {
    this.#input = input;
    this.#output = output;
    this.#owner = owner;
    input.on('data', this.#received).on('end', this.#ended);
    input.on('error', () => owner.hangUp());
    process.once('exit', this.#exited);
  }

  get columns(): number {
    return Math.max(4, this.#output.columns || 80);
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  print(...lines: readonly string[]): void {
    this.#output.write(lines.map((line) => `${line}\n`).join(''));
  }

  repaint(): void {}

  swapDraft(): Draft {
    return ['', ''];
  }

  ring(): void {}

  refresh(): void {}

  ask(prompt: string, hidden: boolean, gone?: AbortSignal): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const drop = () => this.#answer?.(undefined);
    gone?.addEventListener('abort', drop);
    this.#output.write(prompt);
    // Raw mode echoes nothing, but also disables the terminal's own keys.
    const keys = (bytes: Buffer) => {
      if (!bytes.includes(3) && !bytes.includes(4)) return;
      // What was typed so far is not the beginning of the next line.
      this.#begun = '';
      this.#answer?.(undefined);
    };
    if (hidden) this.#input.setRawMode(true).on('data', keys);
    this.#answer = (line) => {
      this.#answer = undefined;
      gone?.removeEventListener('abort', drop);
      if (hidden) {
        this.#input.setRawMode(false).off('data', keys);
        this.#output.write('\n');
      }
      resolve(line && edited(line));
    };
    const ahead = this.#held?.shift();
    if (ahead !== undefined) this.#answer(ahead);
    return promise;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): boolean {
    const isTyped = this.#held !== undefined && this.#held.length > 0;
    this.#held = undefined;
    return isTyped;
  }

  close(): void {
    process.off('exit', this.#exited);
    this.#input.off('data', this.#received).off('end', this.#ended);
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  /** Only the terminal's line ends end a line; no character of a text does. */
  #receive(bytes: Buffer): void {
    const lines = (this.#begun + this.#decoder.write(bytes)).split(/\r\n|[\r\n]/);
    this.#begun = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#answer !== undefined) this.#answer(line);
      else if (this.#held !== undefined) this.#held.push(line);
      else this.#owner.line(line);
    }
  }
}

/** The typed text after its deletions. */
function edited(line: string): string {
  let text = line;
  while (/[\b\u007f]/.test(text)) text = text.replace(/[^\b\u007f]?[\b\u007f]/u, '');
  return text;
}
