import { byId, element } from './dom.ts';

/** How many sentences stay: what is gone before it was read is lost to who listens. */
const STAYING = 12;

/** Says to screen readers what happens elsewhere on the page than where the focus is. */
export class Announcer {
  readonly #place = byId('announcer', HTMLElement);

  say(text: string): void {
    this.#place.append(element('p', {}, text));
    while (this.#place.childElementCount > STAYING) this.#place.firstElementChild?.remove();
  }

  /** Takes away what was said to somebody else. */
  clear(): void {
    this.#place.replaceChildren();
  }
}
