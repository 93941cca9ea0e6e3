import { byId, element } from './dom.ts';

/** How many sentences stay: one removed before it is read out is lost. */
const STAYING = 12;

/** Announces to screen readers what happens away from the focus. */
export class Announcer {
  readonly #place = byId('announcer', HTMLElement);

  say(text: string): void {
    this.#place.append(element('p', {}, text));
    while (this.#place.childElementCount > STAYING) this.#place.firstElementChild?.remove();
  }

  /** Removes the announcements for the previous user. */
  clear(): void {
    this.#place.replaceChildren();
  }
}
