import type { MessageItem } from './message-item.ts';

/** What a picker needs from the display. */
export interface PickerHost {
  /** The messages of the shown window, oldest first. */
  readonly messages: { readonly all: readonly MessageItem[] };
  /** Marks a message on the screen. */
  mark(item: MessageItem): void;
}

/** Completes the id of a message: at first that of the last one, and with each further Tab that of the one before. */
export class MessagePicker {
  readonly #host: PickerHost;
  #fits: (item: MessageItem) => boolean = () => false;
  /** What is before the id in the line, the id, and the whole line. */
  #start = '';
  #id = 0;
  #line: string | undefined;

  constructor(host: PickerHost) {
    this.#host = host;
  }

  /** Picks the last message that fits. @param start what is before its id @returns the line, if there is one */
  begin(start: string, fits: (item: MessageItem) => boolean): string | undefined {
    this.#fits = fits;
    this.#start = start;
    return this.#pick(this.#fitting.at(-1));
  }

  /**
   * Picks the message before the one in the line, or after it.
   * @returns the line; undefined if this is not the line that was completed last
   */
  next(line: string, step: 'before' | 'after'): string | undefined {
    if (line !== this.#line) return undefined;
    const all = this.#fitting;
    const at = all.findIndex(({ id }) => id === this.#id);
    return this.#pick(all[at + (step === 'before' ? -1 : 1)]) ?? line;
  }

  get #fitting(): MessageItem[] {
    return this.#host.messages.all.filter(this.#fits);
  }

  #pick(item: MessageItem | undefined): string | undefined {
    if (item === undefined) return undefined;
    this.#id = item.id;
    this.#line = `${this.#start}${item.id} `;
    this.#host.mark(item);
    return this.#line;
  }
}
