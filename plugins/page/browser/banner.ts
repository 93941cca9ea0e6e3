import { countDown } from './countdown.ts';
import { byId } from './dom.ts';

/** The line above the messages that says what is the matter with the connection. */
export class Banner {
  readonly #banner = byId('banner', HTMLElement);
  readonly #text = byId('banner-text', HTMLElement);
  readonly #action = byId('banner-action', HTMLButtonElement);
  #act = () => {};
  #endCountdown = () => {};

  constructor() {
    this.#action.addEventListener('click', () => this.#act());
  }

  /** Says something, with a button or without. */
  say(text: string, label = '', act = () => {}): void {
    this.#endCountdown();
    this.#text.textContent = text;
    this.#banner.hidden = false;
    this.#act = act;
    this.#action.textContent = label;
    this.#action.hidden = label === '';
  }

  /** Says something that ends with how many seconds are left. */
  count(seconds: number, sentence: (left: number) => string, label: string, act: () => void): void {
    this.say(sentence(Math.ceil(seconds)), label, act);
    this.#endCountdown = countDown(seconds, (left) => {
      this.#text.textContent = sentence(left);
    });
  }

  hide(): void {
    this.#endCountdown();
    this.#banner.hidden = true;
  }
}
