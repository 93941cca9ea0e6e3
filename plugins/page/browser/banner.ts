import { countDown } from './countdown.ts';
import { byId } from './dom.ts';

/** What is over within this time is not worth a line, in milliseconds. */
const MOMENT = 1_000;

/** The line above the messages that says what is the matter with the connection. */
export class Banner {
  readonly #banner = byId('banner', HTMLElement);
  readonly #text = byId('banner-text', HTMLElement);
  readonly #action = byId('banner-action', HTMLButtonElement);
  #act = () => {};
  #endTimer = () => {};

  constructor() {
    this.#action.addEventListener('click', () => this.#act());
  }

  /** Says something, with a button or without. */
  say(text: string, label = '', act = () => {}): void {
    this.#endTimer();
    this.#text.textContent = text;
    this.#banner.hidden = false;
    this.#act = act;
    this.#action.textContent = label;
    this.#action.hidden = label === '';
  }

  /** Says something that is worth it only if it lasts. */
  sayIfLong(text: string): void {
    this.#endTimer();
    const timer = setTimeout(() => this.say(text), this.#banner.hidden ? MOMENT : 0);
    this.#endTimer = () => clearTimeout(timer);
  }

  /** Says something that ends with how many seconds are left. */
  count(seconds: number, sentence: (left: number) => string, label: string, act: () => void): void {
    this.say(sentence(Math.ceil(seconds)), label, act);
    this.#endTimer = countDown(seconds, (left) => {
      this.#text.textContent = sentence(left);
    });
  }

  hide(): void {
    this.#endTimer();
    this.#banner.hidden = true;
  }
}
