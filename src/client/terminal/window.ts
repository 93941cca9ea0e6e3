import { nameKey } from '../../api/names.ts';
import type { HistoryPage } from '../history.ts';
import type { Received, ReceivedEntry } from '../owner.ts';
import type { Answer } from '../requests.ts';
import type { MessageChange } from './message-commands.ts';
import { MessageItem } from './message-item.ts';
import type { Addressee } from './parsed-line.ts';
import { charactersOf } from './width.ts';

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
  /** The message that the person looked for. */
  marked = 0;
  /** Whether the server may have earlier messages. */
  hasEarlier = true;
  #items: Item[] = [];
  /** The id before which messages are missing; undefined if that is the first one here. */
  #missing: number | undefined;

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
    return this.#missing ?? this.#messages.find(({ id }) => id > 0)?.id ?? 0;
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

  /** If an entry stands for messages that were left out, what is older is dropped, to be loaded again with them. */
  leaveGap({ kind, data }: Pick<ReceivedEntry, 'kind' | 'data'>): void {
    const { before } = Object(data);
    if (kind !== 'gap' || typeof before !== 'number') return;
    this.#items = [];
    this.#missing = before;
    this.hasEarlier = true;
  }

  /** Adds an earlier page of the history. @param line shows an entry that is not a message */
  prepend({ entries, changes, hasEarlier }: HistoryPage, line: (entry: ReceivedEntry) => Render): void {
    this.hasEarlier = hasEarlier && entries.length > 0;
    const items = entries.flatMap((one): Item[] => {
      if ('text' in one) return this.has(one.id) ? [] : [new MessageItem(one, 'history')];
      return one.line === undefined ? [] : [line(one)];
    });
    // A mention may be here from amid the page.
    const lastId = entries.at(-1)?.id ?? 0;
    const among = (item: Item): item is MessageItem => item instanceof MessageItem && item.id > 0 && item.id < lastId;
    const mentions = this.#items.filter(among);
    this.#items = this.#items.filter((item) => !among(item));
    for (const mention of mentions) {
      const at = items.findIndex((item) => item instanceof MessageItem && item.id > mention.id);
      items.splice(at < 0 ? items.length : at, 0, mention);
    }
    this.#items.unshift(...items);
    this.#missing = entries[0]?.id ?? this.#missing;
    for (const change of changes) this.change(change);
  }

  /** Applies an edit, a deletion or a reaction to its message. @returns that message, if it is here */
  change(entry: MessageChange): MessageItem | undefined {
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
    const all: string[] = [];
    this.#each(view, (_, rows) => all.push(...rows));
    return all;
  }

  /** The rows on a screen of this height. Scrolling ends at the oldest. */
  screen(view: WindowView, height: number): string[] {
    const rows = this.rows(view);
    this.scrolled = Math.max(0, Math.min(this.scrolled, rows.length - height));
    const end = rows.length - this.scrolled;
    return rows.slice(Math.max(0, end - height), end);
  }

  /** Scrolls so that a message is in the middle of the screen, and marks it. */
  scrollTo(id: number, view: WindowView, height: number): void {
    this.marked = id;
    let below = 0;
    let isFound = false;
    this.#each(view, (item, rows) => {
      if (isFound) below += rows.length;
      isFound ||= item instanceof MessageItem && item.id === id;
    });
    this.scrolled = Math.max(0, below - Math.floor(height / 2));
  }

  /** The last message that fits. */
  findLast(fits: (item: MessageItem) => boolean): MessageItem | undefined {
    return this.#messages.findLast(fits);
  }

  /** Whether messages to these users, or this room, are its messages. */
  isFor(to: Addressee): boolean {
    return keyOf(this.to) === keyOf(to);
  }

  #each(view: WindowView, visit: (item: Item, rows: readonly string[]) => void): void {
    let previous: MessageItem | undefined;
    for (const item of this.#items) {
      if (typeof item === 'function') {
        visit(item, item());
        continue;
      }
      visit(item, view.message(item, this, previous));
      previous = item;
    }
  }

  get #messages(): MessageItem[] {
    return this.#items.filter((item) => item instanceof MessageItem);
  }
}

/** Whether a message belongs to a window, and is not only shown there too. */
export function isHome({ message, to }: MessageItem, window: Window): boolean {
  const { audience, room, roomName, from } = message;
  if (to !== undefined) return window.isFor(to);
  if (audience === 'everyone') return window.isFor(audience);
  return room === undefined ? window.isFor([roomName ?? from]) : window.room === room;
}

/** A message that this user has just sent. */
export function sentMessage(
  me: string,
  to: Addressee,
  text: string,
  facts: Answer['facts'] = {},
  reply?: MessageItem,
): MessageItem {
  const { id, room } = facts;
  const [first = ''] = to === 'everyone' ? [] : to;
  const message: Received = {
    id: typeof id === 'number' ? id : 0,
    from: me,
    audience: to === 'everyone' ? to : first.startsWith('#') ? 'room' : 'named',
    room: typeof room === 'number' ? room : undefined,
    roomName: first.startsWith('#') ? first : undefined,
    text,
    reply: reply?.id,
    quote: reply && `${reply.message.from}: "${shortened(reply.text)}"`,
    time: new Date(),
    repeat: false,
    waited: false,
  };
  return new MessageItem(message, 'here', to);
}

/** The longest quote, in characters, as servers send them. */
const QUOTE = 24;

function shortened(text: string): string {
  const characters = charactersOf(text);
  return characters.length <= QUOTE ? text : `${characters.slice(0, QUOTE).join('')}…`;
}

/** Recipients as a title: `everyone`, `#lab`, `bob,carol`. */
export function titleOf(to: Addressee): string {
  return to === 'everyone' ? to : to.join(',');
}

function keyOf(to: Addressee): string {
  return to === 'everyone' ? ' everyone' : to.map(nameKey).sort().join(' ');
}
