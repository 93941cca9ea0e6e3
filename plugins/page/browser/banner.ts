import { countDown } from './countdown.ts';
import { byId } from './dom.ts';

/** A state shorter than this is not shown, in milliseconds. */
const MOMENT = 1_000;

/** The line above the messages that shows problems with the connection. */
export class Banner {
  readonly #banner = byId('banner', HTMLElement);
  readonly #text = byId('banner-text', HTMLElement);
  readonly #action = byId('banner-action', HTMLButtonElement);
  #act = () => {};
  #endTimer = () => {};

  constructor() {
    this.#action.addEventListener('click', () => this.#act());
  }

  /** Shows a sentence, with or without a button. */
  say(text: string, label = '', act = () => {}): void {
    this.#endTimer();
    this.#text.textContent = text;
    this.#banner.hidden = false;
    this.#act = act;
    this.#action.textContent = label;
    this.#action.hidden = label === '';
  }

  /** Shows a sentence unless its state is over soon. */
  sayIfLong(text: string): void {
    this.#endTimer();
    const timer = setTimeout(() => this.say(text), this.#banner.hidden ? MOMENT : 0);
    this.#endTimer = () => clearTimeout(timer);
  }

  /** Shows a sentence with the seconds that are left. */
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
