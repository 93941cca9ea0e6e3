import { byId } from './dom.ts';
import type { Recipients } from './talks.ts';

/** The longest line that a server takes by default, in bytes, less its end and what stands on it beside text and names. */
const ROOM = 4096 - 160;

/** From how few characters left on they are counted. */
const NEAR = 300;

const encoder = new TextEncoder();

/** Where messages are written. */
export class Composer {
  readonly #text = byId('composer-text', HTMLTextAreaElement);
  readonly #count = byId('composer-count', HTMLElement);
  #to: Recipients = 'everyone';

  /**
   * @param send called with what is to be sent, a line a message
   * @param edited called with each change of what is being written
   */
  constructor(send: (lines: readonly string[]) => void, edited: (draft: string) => void) {
    const form = byId('composer', HTMLFormElement);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const lines = this.#lines();
      this.#text.focus();
      if (lines.length === 0 || this.#left() < 0) return;
      this.#write('');
      edited('');
      send(lines);
    });
    this.#text.addEventListener('keydown', (event) => {
      // While characters are being composed, Enter takes what is offered.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#text.addEventListener('input', () => {
      this.#measure();
      edited(this.#text.value);
    });
  }

  /** Turns to a conversation. */
  open(to: Recipients, title: string, draft: string): void {
    this.#to = to;
    const label = to === 'everyone' ? 'Message to everyone' : `Message to ${title}`;
    this.#text.setAttribute('aria-label', label);
    this.#text.placeholder = label;
    this.#write(draft);
  }

  /** Puts the focus here, unless that brings up a keyboard on the screen which nobody has asked for. */
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

  /** How many bytes the longest line leaves free. */
  #left(): number {
    const names = this.#to === 'everyone' ? 10 : jsonBytes(this.#to);
    return ROOM - names - Math.max(0, ...this.#lines().map(jsonBytes));
  }

  #measure(): void {
    const left = this.#left();
    this.#count.classList.toggle('over', left < 0);
    if (left < 0) {
      this.#count.textContent = `Too long by ${-left} ${left === -1 ? 'character' : 'characters'}`;
      this.#text.setAttribute('aria-invalid', 'true');
      return;
    }
    this.#text.removeAttribute('aria-invalid');
    this.#count.textContent = left < NEAR ? `${left} left` : '';
  }
}

function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
