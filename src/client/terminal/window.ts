import type { HistoryPage } from '../history.ts';
import type { ReceivedEntry } from '../owner.ts';
import { type Addressee, isSameAddressee, titleOf } from './addressee.ts';
import type { MessageChange } from './message-commands.ts';
import type { MessageItem } from './message-item.ts';
import { type Item, type ItemRows, type Render, Timeline } from './timeline.ts';

/** How a window shows its messages. */
export interface WindowView {
  /** @param previous the message above it, if there is one */
  message(item: MessageItem, window: Window, previous: MessageItem | undefined): readonly string[];
}

/**
 * How many messages and lines a window holds: while it is shown, while the person reads earlier ones, and otherwise. Of
 * hidden windows there may be hundreds.
 */
const MAX_SHOWN = 3_000;
const MAX_READ = 10_000;
const MAX_HIDDEN = 100;

/**
 * A room or conversation: its latest messages, what else was shown there, and the line being typed. After a jump it shows
 * an excerpt instead: messages around an earlier one, until they reach the latest ones.
 */
export class Window {
  to: Addressee;
  /** The room's id, as far as it is known. */
  room: number | undefined;
  /** The line typed here and not sent: before and after the cursor. */
  draft: readonly [string, string] = ['', ''];
  /** Whether it is the one on the screen. */
  isShown = false;
  /** How many rows it is scrolled back. */
  scrolled = 0;
  /** The message that the person looked for. */
  marked = 0;
  readonly live = new Timeline();
  #excerpt: Timeline | undefined;
  #showsExcerpt = false;

  constructor(to: Addressee, room?: number) {
    this.to = to;
    this.room = room;
  }

  /** Its name in the status line: `everyone`, `#lab`, `bob`, `bob,carol`. */
  get title(): string {
    return titleOf(this.to);
  }

  /** The messages that it shows. */
  get shown(): Timeline {
    return (this.#showsExcerpt ? this.#excerpt : undefined) ?? this.live;
  }

  /** Whether it shows its latest messages. */
  get isAtEnd(): boolean {
    return this.shown === this.live && this.scrolled === 0;
  }

  /** Shows the latest messages. */
  toEnd(): void {
    this.scrolled = 0;
    this.#showsExcerpt = false;
  }

  /** Another window is shown. What is dropped can be loaded again. */
  hide(): void {
    this.toEnd();
    this.isShown = false;
    this.#excerpt = undefined;
    this.live.trim(MAX_HIDDEN);
  }

  /** Shows the messages around an earlier one. */
  showExcerpt(excerpt: Timeline): void {
    this.#excerpt = excerpt;
    this.#showsExcerpt = true;
    this.#join();
  }

  /** The message with this id, as far as it is loaded. */
  find(id: number): MessageItem | undefined {
    return this.live.find(id) ?? this.#excerpt?.find(id);
  }

  add(...items: readonly Item[]): void {
    this.live.add(...items);
    this.live.trim(this.isShown ? (this.isAtEnd ? MAX_SHOWN : MAX_READ) : MAX_HIDDEN);
  }

  /** If an entry stands for messages that were left out, what is older is dropped, to be loaded again with them. */
  leaveGap({ kind, data }: Pick<ReceivedEntry, 'kind' | 'data'>): void {
    const { before } = Object(data);
    if (kind === 'gap' && typeof before === 'number') this.live.clear(before);
  }

  /** Adds a page of the history before or after the messages that it shows. @param line shows other entries */
  load(side: 'before' | 'after', page: HistoryPage, line: (entry: ReceivedEntry) => Render): void {
    if (side === 'before') this.shown.prepend(page, line);
    else this.shown.append(page, line);
    this.#join();
  }

  /** Applies an edit, a deletion or a reaction to its message. @returns that message, if it is here */
  change(entry: MessageChange): MessageItem | undefined {
    const [live, earlier] = [this.live.change(entry), this.#excerpt?.change(entry)];
    return live ?? earlier;
  }

  /** Takes over what another window of the same conversation shows. */
  merge(other: Window): void {
    if (this.draft.join('') === '') this.draft = other.draft;
    this.add(...other.live.items);
  }

  /** The rows on a screen of this height. Scrolling ends at the oldest. */
  screen(view: WindowView, height: number): string[] {
    const rows = this.shown.lastRows(this.scrolled + height, this.rowsOf(view));
    this.scrolled = Math.max(0, Math.min(this.scrolled, rows.length - height));
    const end = rows.length - this.scrolled;
    return rows.slice(Math.max(0, end - height), end);
  }

  /** Scrolls so that a message is in the middle of the screen. */
  scrollTo(id: number, view: WindowView, height: number): void {
    this.scrolled = Math.max(0, this.shown.rowsBelow(id, this.rowsOf(view)) - Math.floor(height / 2));
  }

  /** Whether messages to these users, or this room, are its messages. */
  isFor(to: Addressee): boolean {
    return isSameAddressee(this.to, to);
  }

  /** Shows its items as rows. */
  rowsOf(view: WindowView): ItemRows {
    return (item, previous) => (typeof item === 'function' ? item() : view.message(item, this, previous));
  }

  /** An excerpt that has reached the latest messages becomes their beginning. */
  #join(): void {
    const excerpt = this.#excerpt;
    if (excerpt === undefined || !this.#showsExcerpt) return;
    const { live } = this;
    if (excerpt.hasLater && (live.oldest === 0 || excerpt.latest < live.oldest)) return;
    live.join(excerpt);
    this.#excerpt = undefined;
    this.#showsExcerpt = false;
  }
}

/** Whether a message belongs to a window, and is not only shown there too. */
export function isHome({ message, to }: MessageItem, window: Window): boolean {
  const { audience, room, roomName, from } = message;
  if (to !== undefined) return window.isFor(to);
  if (audience === 'everyone') return window.isFor(audience);
  return room === undefined ? window.isFor([roomName ?? from]) : window.room === room;
}
