import type { WriteStream } from 'node:tty';
import { charactersOf, widestOf, widthOf } from './width.ts';

/** What the last line shows: a prompt, what was typed before the cursor, and behind it. */
export interface InputLine {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

const CLEAR_BELOW = '\u001b[J';
const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';
const WRAP_ON = '\u001b[?7h';
const WRAP_OFF = '\u001b[?7l';

/**
 * A terminal whose last line is the input, while text scrolls by above it. The input takes one row, never the last
 * column of it, and scrolls sideways in it: so what is typed stays whole whatever comes, and no row is left behind.
 * Terminals disagree about the width of emoji; where one of them is wider than thought, the row is cut and not broken.
 */
export class Screen {
  readonly #output: WriteStream;
  readonly #input: () => InputLine;
  /** What is to be printed above, a whole line each. */
  #lines: string[] = [];
  #planned: NodeJS.Immediate | undefined;
  /** In which column of the input row the cursor is. */
  #cursor = 0;
  /** How many characters before the cursor are scrolled out of sight. */
  #scrolled = 0;
  #open = false;
  readonly #resized = () => this.draw();

  /** @param input says what the last line is to show */
  constructor(output: WriteStream, input: () => InputLine) {
    this.#output = output;
    this.#input = input;
  }

  get columns(): number {
    return Math.max(4, this.#output.columns || 80);
  }

  /** Begins, or goes on after something else had the terminal. */
  open(): void {
    if (!this.#open) this.#output.on('resize', this.#resized);
    this.#open = true;
    this.#output.write(PASTE_ON);
    this.draw();
  }

  /** Prints lines above the input, soon and all at once. */
  print(...lines: readonly string[]): void {
    this.#lines.push(...lines);
    this.draw();
  }

  ring(): void {
    this.#output.write('\u0007');
  }

  /** Shows what the input line is now, soon. */
  draw(): void {
    this.#planned ??= setImmediate(() => this.#flush());
  }

  /** Begins with an empty screen. */
  clear(): void {
    this.#output.write('\u001b[H\u001b[2J');
    this.#cursor = 0;
    this.draw();
  }

  /** Prints what is still to be printed, takes the input line away and leaves the terminal as it was. */
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
    if (this.#open) this.#output.write(this.#taken() + WRAP_OFF + this.#row() + WRAP_ON);
  }

  /** Takes the input row away and prints what waits in its place. */
  #taken(): string {
    // A terminal that has become narrower has broken the row into several.
    const rows = Math.floor(this.#cursor / this.columns);
    const up = rows > 0 ? `\u001b[${rows}A` : '';
    const above = this.#lines.map((line) => `${line}\r\n`).join('');
    this.#lines = [];
    this.#cursor = 0;
    return `\r${up}${CLEAR_BELOW}${above}`;
  }

  #row(): string {
    const { prompt, before, after } = this.#input();
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
    // Written twice, the cursor stands where the terminal has it, also where it thinks otherwise of a character's width.
    return behind === '' ? shown : `${shown}${behind}\r${shown}`;
  }
}

/**
 * How many characters before the cursor are to be out of sight, so that the rest and a mark for what is cut fit.
 * @param widths of the characters before the cursor
 * @param scrolled how many were out of sight before: as long as the cursor is in sight, nothing moves
 */
function fitting(widths: readonly number[], scrolled: number, room: number): number {
  const sum = (from: number) => widths.slice(from).reduce((all, width) => all + width, 0);
  if (sum(0) < room) return 0;
  // The cursor has come to the left edge: some of what is before it comes into sight.
  let left = scrolled < widths.length ? scrolled : Math.max(0, widths.length - Math.floor(room / 3));
  let taken = sum(left) + 1;
  while (left < widths.length && taken >= room) taken -= widths[left++] ?? 0;
  return left;
}
