import type { Received, ReceivedEntry } from '../owner.ts';
import type { Display } from './display.ts';
import type { View } from './view.ts';

/** Shows messages as they arrive. Those sent while the user was away are collected, and shown together. */
export class Arrivals {
  readonly #display: Display;
  readonly #view: View;
  #waited: (Received | ReceivedEntry)[] = [];
  /** Show messages that were sent meanwhile. */
  #sent: (() => void)[] = [];

  constructor(display: Display, view: View) {
    this.#display = display;
    this.#view = view;
  }

  message(message: Received): void {
    if (message.waited) this.#waited.push(message);
    else this.#display.show([message]);
  }

  entry(entry: ReceivedEntry): void {
    if (this.#waited.length > 0) this.#waited.push(entry);
    else this.#display.show([entry]);
  }

  /** A message was sent from here, after those that are collected. @param show shows it */
  sent(show: () => void): void {
    if (this.#waited.length > 0) this.#sent.push(show);
    else show();
  }

  /** All that was sent while the user was away has arrived. */
  caughtUp(): void {
    this.#showWaited();
    for (const show of this.#sent.splice(0)) show();
  }

  #showWaited(): void {
    const waited = this.#waited;
    this.#waited = [];
    const here = waited.filter((one) => 'text' in one && this.#display.isShown(one));
    if (here.length === 0) {
      this.#display.show(waited);
      return;
    }
    const count = here.length === 1 ? 'a message' : `${here.length} messages`;
    this.#display.print(() => this.#view.rule(`${count} while you were away`));
    this.#display.show(waited);
    this.#display.print(() => this.#view.rule('now'));
  }
}
