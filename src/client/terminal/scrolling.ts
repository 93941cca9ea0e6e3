import type { HistoryPages } from './history-pages.ts';
import type { Window, WindowView } from './window.ts';

/** What scrolling needs from the display. */
export interface ScrollingHost {
  readonly history: HistoryPages;
  readonly view: WindowView;
  /** The window that is shown. */
  current(): Window;
  /** How many rows it has. */
  height(): number;
  /** It shows something else. */
  moved(): void;
}

/** Moves through the messages of the shown window, and loads those that are not there. */
export class Scrolling {
  readonly #host: ScrollingHost;

  constructor(host: ScrollingHost) {
    this.#host = host;
  }

  /** Scrolls by half a screen, and loads what was said before or after the messages that are here. */
  async scroll(to: 'up' | 'down'): Promise<void> {
    const { history, view } = this.#host;
    const current = this.#host.current();
    if (current.isAtEnd && to === 'down') return;
    const { scrolled: before, shown } = current;
    const half = Math.max(1, Math.floor(this.#host.height() / 2));
    const step = to === 'up' ? half : -half;
    const last = shown.findLast(({ id }) => id > 0)?.id ?? 0;
    current.scrolled = Math.max(0, before + step);
    this.#host.moved();
    if (Math.abs(current.scrolled - before) >= half) return;
    if (!(await history.load(current, to === 'up' ? 'before' : 'after'))) return;
    if (current !== this.#host.current()) return;
    // Later messages may be below now.
    const below = to === 'down' ? current.shown.rowsBelow(last, current.rowsOf(view)) : 0;
    current.scrolled = Math.max(0, below + before + step);
    this.#host.moved();
  }

  /** Fills a window that is shown for the first time. */
  async fill(window: Window): Promise<void> {
    const isFull = window.live.count >= this.#host.height();
    if (!window.isAtEnd || isFull || !(await this.#host.history.load(window, 'before'))) return;
    if (window === this.#host.current()) this.#host.moved();
  }

  /** Marks a message that is loaded, and scrolls to it if it is not on the screen. */
  reveal(id: number): void {
    const { view } = this.#host;
    const current = this.#host.current();
    current.marked = id;
    const offset = current.shown.rowsBelow(id, current.rowsOf(view)) - current.scrolled;
    if (offset < 0 || offset >= this.#host.height()) current.scrollTo(id, view, this.#host.height());
    this.#host.moved();
  }

  /** Loads the messages around one, and scrolls so that it is in the middle. @returns whether the server has it */
  async find(window: Window, id: number): Promise<boolean> {
    const { history, view } = this.#host;
    if (window.live.has(id)) window.toEnd();
    else if (!(await history.loadAround(window, id))) return false;
    window.marked = id;
    window.scrollTo(id, view, this.#host.height());
    return true;
  }
}
