import type { WriteStream } from 'node:tty';
import { charactersOf, widestOf, widthOf } from './width.ts';

/** The input line: a prompt, and the text before and after the cursor. */
export interface InputLine {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

/** The rows at the bottom: a status line, if there is one, and the input. */
export interface Bottom {
  readonly status: string | undefined;
  readonly input: InputLine;
}

const CLEAR_BELOW = '\u001b[J';
const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';
const WRAP_ON = '\u001b[?7h';
const WRAP_OFF = '\u001b[?7l';

/**
 * A terminal whose last line is the input, below a status line, while text scrolls above them. The input takes one row
 * without its last column and scrolls sideways, so that it stays intact whatever is printed and leaves no row behind.
 * Terminals disagree about the width of emoji: if one is wider than expected, the row is cut, but does not wrap.
 */
export class Screen {
  readonly #output: WriteStream;
  readonly #bottom: () => Bottom;
  readonly #onResize: () => void;
  /** The lines to print above it. */
  #lines: string[] = [];
  #planned: NodeJS.Immediate | undefined;
  /** The column of the cursor in the input row, and the width of the status line above it; undefined without one. */
  #cursor = 0;
  #status: number | undefined;
  /** Whether what other programs printed before is still on the screen. */
  #isShared = true;
  /** How many characters before the cursor are scrolled out of view. */
  #scrolled = 0;
  #open = false;
  /** What clears the screen with the next write, so that it does not flicker. */
  #clearing = '';
  readonly #resized = () => {
    this.draw();
    this.#onResize();
  };

  /** @param bottom returns the rows at the bottom @param onResize called when the terminal has another size */
  constructor(output: WriteStream, bottom: () => Bottom, onResize: () => void) {
    this.#output = output;
    this.#bottom = bottom;
    this.#onResize = onResize;
  }

  get columns(): number {
    return Math.max(4, this.#output.columns || 80);
  }

  get rows(): number {
    return Math.max(3, this.#output.rows || 24);
  }

  /** Starts, or continues after another program used the terminal. */
  open(): void {
    if (!this.#open) this.#output.on('resize', this.#resized);
    this.#open = true;
    this.#output.write(PASTE_ON);
    this.draw();
  }

  /** Prints lines above the input, soon and together. */
  print(...lines: readonly string[]): void {
    this.#lines.push(...lines);
    this.draw();
  }

  /** Shows lines on an empty screen. */
  repaint(lines: readonly string[]): void {
    this.#lines = [...lines];
    this.clear();
  }

  ring(): void {
    this.#output.write('\u0007');
  }

  /** Redraws the input line soon. */
  draw(): void {
    this.#planned ??= setImmediate(() => this.#flush());
  }

  /** Clears the screen. */
  clear(): void {
    // What was there before the chat moves up and can be scrolled to.
    this.#clearing = `${this.#isShared ? '\n'.repeat(this.rows) : ''}\u001b[H\u001b[2J`;
    this.#isShared = false;
    this.draw();
  }

  /** Prints the lines left, removes the input line and restores the terminal. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearImmediate(this.#planned);
    this.#planned = undefined;
    this.#output.off('resize', this.#resized);
    this.#output.write(this.#taken() + PASTE_OFF);
  }

  #flush(): void {
    this.#planned = undefined;
    if (this.#open) this.#output.write(this.#taken() + WRAP_OFF + this.#rows() + WRAP_ON);
  }

  /** Removes the rows at the bottom and prints the queued lines in its place. */
  #taken(): string {
    // A terminal that became narrower has wrapped the rows.
    const status = this.#status === undefined ? 0 : Math.ceil(Math.max(1, this.#status) / this.columns);
    const rows = Math.floor(this.#cursor / this.columns) + status;
    const up = rows > 0 ? `\u001b[${rows}A` : '';
    const clear = this.#clearing === '' ? `\r${up}${CLEAR_BELOW}` : this.#clearing;
    const above = this.#lines.map((line) => `${line}\r\n`).join('');
    this.#lines = [];
    this.#cursor = 0;
    this.#status = undefined;
    this.#clearing = '';
    return clear + above;
  }

  #rows(): string {
    const { status, input } = this.#bottom();
    this.#status = status === undefined ? undefined : widthOf(status);
    return (status === undefined ? '' : `${status}\r\n`) + this.#row(input);
  }

  #row({ prompt, before, after }: InputLine): string {
    const room = Math.max(2, this.columns - 1 - widthOf(prompt));
    const typed = charactersOf(before);
    const left = fitting(typed.map(widestOf), this.#scrolled, room);
    this.#scrolled = left;
    const shown = prompt + (left > 0 ? '‹' : '') + typed.slice(left).join('');
    this.#cursor = widthOf(shown);
    let behind = '';
    let width = this.#cursor;
    for (const character of charactersOf(after)) {
      width += widestOf(character);
      if (width >= this.columns) break;
      behind += character;
    }
    // Written twice, so that the cursor is right even if the terminal disagrees about a character's width.
    return behind === '' ? shown : `${shown}${behind}\r${shown}`;
  }
}

/**
 * How many characters before the cursor to scroll out of view, so that the rest and a mark for the cut fit.
 * @param widths of the characters before the cursor
 * @param scrolled how many were out of view before: nothing moves while the cursor is in view
 */
function fitting(widths: readonly number[], scrolled: number, room: number): number {
  const sum = (from: number) => widths.slice(from).reduce((all, width) => all + width, 0);
  if (sum(0) < room) return 0;
  // The cursor is at the left edge: shows some of the text before it.
  let left = scrolled < widths.length ? scrolled : Math.max(0, widths.length - Math.floor(room / 3));
  let taken = sum(left) + 1;
  while (left < widths.length && taken >= room) taken -= widths[left++] ?? 0;
  return left;
}
