import { nameKey } from '../../api/names.ts';
import type { HistoryPage } from '../history.ts';
import type { Received, ReceivedEntry } from '../owner.ts';
import type { Answer } from '../requests.ts';
import { MessageItem } from './message-item.ts';
import type { Addressee } from './parsed-line.ts';

/** Renders a notice, an answer or another line of the client for the present width. */
export type Render = () => readonly string[];

type Item = MessageItem | Render;

/** How a window shows its messages. */
export interface WindowView {
  /** @param previous the message above it, if there is one */
  message(item: MessageItem, window: Window, previous: MessageItem | undefined): readonly string[];
}

/** How many messages and lines a window holds. */
const MAX_ITEMS = 3_000;

/** A room or conversation: its messages, what else was shown there, and the line being typed. */
export class Window {
  to: Addressee;
  /** The room's id, as far as it is known. */
  room: number | undefined;
  /** The line typed here and not sent: before and after the cursor. */
  draft: readonly [string, string] = ['', ''];
  /** How many rows it is scrolled back. */
  scrolled = 0;
  /** Whether the server may have earlier messages. */
  hasEarlier = true;
  #items: Item[] = [];

  constructor(to: Addressee, room?: number) {
    this.to = to;
    this.room = room;
  }

  /** Its name in the status line: `everyone`, `#lab`, `bob`, `bob,carol`. */
  get title(): string {
    return titleOf(this.to);
  }

  /** The id of its oldest and its latest message; 0 without any. */
  get oldest(): number {
    return this.#messages.find(({ id }) => id > 0)?.id ?? 0;
  }

  get latest(): number {
    return this.#messages.reduce((latest, { id }) => Math.max(latest, id), 0);
  }

  /** How many messages it has, and the last of them. */
  get count(): number {
    return this.#messages.length;
  }

  get last(): MessageItem | undefined {
    return this.#messages.at(-1);
  }

  has(id: number): boolean {
    return id > 0 && this.#messages.some((item) => item.id === id);
  }

  /** The message with this id. */
  find(id: number): MessageItem | undefined {
    return this.#messages.find((item) => item.id === id);
  }

  add(...items: readonly Item[]): void {
    this.#items.push(...items.filter((item) => typeof item === 'function' || !this.has(item.id)));
    if (this.#items.length <= MAX_ITEMS) return;
    this.#items.splice(0, this.#items.length - MAX_ITEMS);
    this.hasEarlier = true;
  }

  /** Adds an earlier page of the history. @param line shows an entry that is not a message */
  prepend({ entries, changes, hasEarlier }: HistoryPage, line: (entry: ReceivedEntry) => Render): void {
    this.hasEarlier = hasEarlier && entries.length > 0;
    const items = entries.flatMap((one): Item[] => {
      if ('text' in one) return this.has(one.id) ? [] : [new MessageItem(one, 'history')];
      return one.line === undefined ? [] : [line(one)];
    });
    // Lines above the first message, such as the greeting, stay above it.
    const first = this.#items.findIndex((item) => item instanceof MessageItem);
    this.#items.splice(first < 0 ? this.#items.length : first, 0, ...items);
    for (const change of changes) this.change(change);
  }

  /** Applies an edit, a deletion or a reaction to its message. @returns that message, if it is here */
  change(entry: Pick<ReceivedEntry, 'id' | 'kind' | 'from' | 'of' | 'data'>): MessageItem | undefined {
    const item = entry.of === undefined ? undefined : this.find(entry.of);
    return item?.change(entry) ? item : undefined;
  }

  /** Takes over what another window of the same conversation shows. */
  merge(other: Window): void {
    if (this.draft.join('') === '') this.draft = other.draft;
    this.add(...other.#items);
  }

  /** Its rows, from the oldest. */
  rows(view: WindowView): string[] {
    let previous: MessageItem | undefined;
    return this.#items.flatMap((item) => {
      if (typeof item === 'function') return item();
      const rows = view.message(item, this, previous);
      previous = item;
      return rows;
    });
  }

  /** The rows on a screen of this height. Scrolling ends at the oldest. */
  screen(view: WindowView, height: number): string[] {
    const rows = this.rows(view);
    this.scrolled = Math.max(0, Math.min(this.scrolled, rows.length - height));
    const end = rows.length - this.scrolled;
    return rows.slice(Math.max(0, end - height), end);
  }

  /** Whether messages to these users, or this room, are its messages. */
  isFor(to: Addressee): boolean {
    return keyOf(this.to) === keyOf(to);
  }

  get #messages(): MessageItem[] {
    return this.#items.filter((item) => item instanceof MessageItem);
  }
}

/** A message that this user has just sent. */
export function sentMessage(me: string, to: Addressee, text: string, facts: Answer['facts'] = {}): MessageItem {
  const { id, room } = facts;
  const [first = ''] = to === 'everyone' ? [] : to;
  const message: Received = {
    id: typeof id === 'number' ? id : 0,
    from: me,
    audience: to === 'everyone' ? to : first.startsWith('#') ? 'room' : 'named',
    room: typeof room === 'number' ? room : undefined,
    roomName: first.startsWith('#') ? first : undefined,
    text,
    time: new Date(),
    repeat: false,
    waited: false,
  };
  return new MessageItem(message, 'here', to);
}

/** Recipients as a title: `everyone`, `#lab`, `bob,carol`. */
export function titleOf(to: Addressee): string {
  return to === 'everyone' ? to : to.join(',');
}

function keyOf(to: Addressee): string {
  return to === 'everyone' ? ' everyone' : to.map(nameKey).sort().join(' ');
}
