import { signal } from '@preact/signals';
import { countDown } from './countdown.ts';

/** A state shorter than this is not shown, in milliseconds. */
const MOMENT = 1_000;

/** A problem with the connection, and what the user can do about it. */
export interface BannerContent {
  readonly text: string;
  /** The label of its button; empty for none. */
  readonly label: string;
  readonly act: () => void;
}

/** The line above the messages that shows problems with the connection. */
export class Banner {
  readonly content = signal<BannerContent | undefined>(undefined);
  #endTimer = () => {};

  /** Shows a sentence, with or without a button. */
  say(text: string, label = '', act = () => {}): void {
    this.#endTimer();
    this.content.value = { text, label, act };
  }

  /** Shows a sentence unless its state is over soon. */
  sayIfLong(text: string): void {
    this.#endTimer();
    const timer = setTimeout(() => this.say(text), this.content.value === undefined ? MOMENT : 0);
    this.#endTimer = () => clearTimeout(timer);
  }

  /** Shows a sentence with the seconds that are left. */
  count(seconds: number, sentence: (left: number) => string, label: string, act: () => void): void {
    this.say(sentence(Math.ceil(seconds)), label, act);
    this.#endTimer = countDown(seconds, (left) => {
      this.content.value = { text: sentence(left), label, act };
    });
  }

  hide(): void {
    this.#endTimer();
    this.content.value = undefined;
  }
}
