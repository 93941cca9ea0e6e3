import { isCommand } from './commands.ts';
import { byId } from './dom.ts';
import type { Recipients } from './talks.ts';

/** The longest line that a server accepts by default, in bytes, less its end and all on it except text and names. */
const ROOM = 4096 - 160;

/** From this many characters left on, their number is shown. */
const NEAR = 300;

/** The characters that JSON adds around a text. */
const QUOTES = 2;

/** How many messages can be sent at once. */
const MOST_LINES = 50;

/** The code of a key that was part of a composition. */
const COMPOSED = 229;

const encoder = new TextEncoder();

/** The field where messages are written. */
export class Composer {
  readonly #text = byId('composer-text', HTMLTextAreaElement);
  readonly #count = byId('composer-count', HTMLElement);
  #to: Recipients = 'everyone';

  /**
   * @param send called with the text to send, one message a line
   * @param edited called with each change of the draft
   */
  constructor(send: (lines: readonly string[]) => void, edited: (draft: string) => void) {
    const form = byId('composer', HTMLFormElement);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const lines = this.#lines();
      this.#text.focus();
      if (lines.length === 0 || this.#problem(lines) !== undefined) return;
      this.#write('');
      edited('');
      send(lines);
    });
    this.#text.addEventListener('keydown', (event) => {
      // During a composition Enter accepts the suggestion; in Safari the composition has ended by then.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === COMPOSED) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#text.addEventListener('input', () => {
      this.#measure();
      edited(this.#text.value);
    });
  }

  /** Switches to a conversation. */
  open(to: Recipients, title: string, draft: string): void {
    this.#to = to;
    const label = to === 'everyone' ? 'Message to everyone' : `Message to ${title}`;
    this.#text.setAttribute('aria-label', label);
    this.#text.placeholder = label;
    this.#write(draft);
  }

  /** Focuses the field, unless that would open an on-screen keyboard that nobody asked for. */
  focus(otherwise: HTMLElement): void {
    (matchMedia('(pointer: coarse)').matches ? otherwise : this.#text).focus();
  }

  #write(text: string): void {
    this.#text.value = text;
    this.#measure();
  }

  #lines(): string[] {
    return this.#text.value.split(/\r?\n/).filter((line) => line.trim() !== '');
  }

  /** Why it cannot be sent. */
  #problem(lines: readonly string[]): string | undefined {
    if (lines.length > MOST_LINES) return `Too many lines: ${lines.length}; at most ${MOST_LINES} can be sent at once`;
    const command = this.#text.value.split('\n').findIndex(isCommand) + 1;
    if (command > 0 && lines.length > 1)
      return `Line ${command} starts with / like a command; send commands one at a time`;
    const left = this.#left(lines);
    return left < 0 ? `Too long by ${-left} ${left === -1 ? 'character' : 'characters'}` : undefined;
  }

  /** How many characters the longest line has left; negative if it is too long. */
  #left(lines: readonly string[]): number {
    const names = this.#to === 'everyone' ? 10 : jsonBytes(this.#to);
    const longest = lines.reduce((a, b) => (jsonBytes(b) > jsonBytes(a) ? b : a), '');
    const bytes = jsonBytes(longest);
    return Math.floor((ROOM - names - bytes) / Math.max(1, bytes / (longest.length + QUOTES)));
  }

  #measure(): void {
    grow(this.#text);
    const lines = this.#lines();
    const problem = this.#problem(lines);
    this.#count.classList.toggle('over', problem !== undefined);
    if (problem !== undefined) this.#text.setAttribute('aria-invalid', 'true');
    else this.#text.removeAttribute('aria-invalid');
    const left = this.#left(lines);
    const several = lines.length > 1 ? `${lines.length} messages` : '';
    this.#count.textContent = problem ?? (left < NEAR ? `${left} left` : several);
  }
}

/** Makes the field as high as its text, in browsers whose CSS cannot. */
function grow(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
