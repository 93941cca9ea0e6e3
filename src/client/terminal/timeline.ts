import type { HistoryPage } from '../history.ts';
import type { ReceivedEntry } from '../owner.ts';
import type { MessageChange } from './message-commands.ts';
import { MessageItem } from './message-item.ts';

/** Renders a notice, an answer or another line of the client for the present width. */
export type Render = () => readonly string[];

export type Item = MessageItem | Render;

/** Shows an item as rows. @param previous the message above it, if there is one */
export type ItemRows = (item: Item, previous: MessageItem | undefined) => readonly string[];

/** Consecutive messages of a room or conversation, with the other lines that were shown between them. */
export class Timeline {
  /** Whether the server may have messages before and after it. */
  hasEarlier = true;
  hasLater = false;
  #items: Item[] = [];
  /** The messages with an id. */
  readonly #byId = new Map<number, MessageItem>();
  /** The id before which messages are missing; undefined if that is the first one here. */
  #missing: number | undefined;
  /** The id of the last entry of the history that was appended. */
  #end = 0;

  /** A page of the history. @param line shows an entry that is not a message */
  static of(page: HistoryPage, line: (entry: ReceivedEntry) => Render): Timeline {
    const timeline = new Timeline();
    timeline.append(page, line);
    timeline.hasEarlier = page.hasEarlier;
    timeline.#missing = page.entries[0]?.id;
    return timeline;
  }

  /** The id before which earlier messages are missing, and after which later ones are; 0 without messages. */
  get oldest(): number {
    return this.#missing ?? this.#items.find(isStored)?.id ?? 0;
  }

  get latest(): number {
    return Math.max(this.#end, ...this.#byId.keys());
  }

  /** How many messages it has. */
  get count(): number {
    return this.#items.reduce((count, item) => (item instanceof MessageItem ? count + 1 : count), 0);
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** The message with this id. */
  find(id: number): MessageItem | undefined {
    return this.#byId.get(id);
  }

  /** The last message that fits. */
  findLast(fits: (item: MessageItem) => boolean): MessageItem | undefined {
    return this.#items.findLast((item): item is MessageItem => item instanceof MessageItem && fits(item));
  }

  /** Adds what is not there yet: messages in the order of their ids, and anything else at the end. */
  add(...items: readonly Item[]): void {
    for (const item of this.#added(items)) {
      const next = isStored(item) ? this.#firstAfter(item.id) : this.#items.length;
      // What is between it and those after it is loaded with the history.
      if (next === 0 && this.#items.length > 0) this.#missing ??= this.oldest;
      this.#items.splice(next, 0, item);
    }
  }

  /** Drops the oldest, which can be loaded again. @param count how many messages and lines may stay */
  trim(count: number): void {
    if (this.#items.length <= count) return;
    this.#drop(this.#items.length - count);
    this.hasEarlier = true;
  }

  /** Drops everything: the messages up to an id were left out, and are loaded together with those before them. */
  clear(before: number): void {
    this.#drop(this.#items.length);
    this.#missing = before;
    this.hasEarlier = true;
  }

  /** Adds an earlier page of the history. @param line shows an entry that is not a message */
  prepend(page: HistoryPage, line: (entry: ReceivedEntry) => Render): void {
    this.#insert(itemsOf(page, line), page.entries[0]?.id);
    this.hasEarlier = page.hasEarlier && page.entries.length > 0;
    for (const change of page.changes) this.change(change);
  }

  /** Adds a later page of the history. */
  append(page: HistoryPage, line: (entry: ReceivedEntry) => Render): void {
    this.#items.push(...this.#added(itemsOf(page, line)));
    this.hasLater = page.hasLater && page.entries.length > 0;
    this.#end = page.entries.at(-1)?.id ?? this.#end;
    for (const change of page.changes) this.change(change);
  }

  /** Adds earlier messages that reach up to the oldest one here. */
  join(earlier: Timeline): void {
    this.#insert(earlier.items, earlier.oldest);
    this.hasEarlier = earlier.hasEarlier;
  }

  /** Applies an edit, a deletion or a reaction to its message. @returns that message, if it is here */
  change(entry: MessageChange): MessageItem | undefined {
    const item = entry.of === undefined ? undefined : this.find(entry.of);
    return item?.change(entry) ? item : undefined;
  }

  /** Its last rows, as far back as they are asked for. @param count how many, at least */
  lastRows(count: number, rowsOf: ItemRows): string[] {
    const parts: (readonly string[])[] = [];
    let found = 0;
    for (let index = this.#items.length - 1; index >= 0 && found < count; index--) {
      const rows = this.#rowsAt(index, rowsOf);
      found += rows.length;
      parts.unshift(rows);
    }
    return parts.flat();
  }

  /** How many rows are below a message. */
  rowsBelow(id: number, rowsOf: ItemRows): number {
    const at = this.#items.findLastIndex((item) => item instanceof MessageItem && item.id === id);
    let below = 0;
    for (let index = at + 1; index < this.#items.length; index++) below += this.#rowsAt(index, rowsOf).length;
    return below;
  }

  #rowsAt(index: number, rowsOf: ItemRows): readonly string[] {
    const item = this.#items[index];
    if (item === undefined) return [];
    let previous = index - 1;
    while (typeof this.#items[previous] === 'function') previous--;
    const before = this.#items[previous];
    return rowsOf(item, before instanceof MessageItem ? before : undefined);
  }

  /** Puts earlier items before those that are here. A mention may be here from amid them. @param first the least id */
  #insert(earlier: readonly Item[], first: number | undefined): void {
    const lastId = earlier.findLast(isStored)?.id ?? 0;
    const isAmong = (item: Item): item is MessageItem => isStored(item) && item.id < lastId;
    const mentions = this.#items.filter(isAmong);
    const items = this.#added(earlier);
    this.#items = this.#items.filter((item) => !isAmong(item));
    for (const mention of mentions) {
      const at = items.findIndex((item) => isStored(item) && item.id > mention.id);
      items.splice(at < 0 ? items.length : at, 0, mention);
    }
    this.#items.unshift(...items);
    this.#missing = first ?? this.#missing;
  }

  /** The position of the first message with a greater id; the end if there is none. */
  #firstAfter(id: number): number {
    let at = this.#items.length;
    for (let index = at - 1; index >= 0; index--) {
      const item = this.#items[index];
      if (item === undefined || !isStored(item)) continue;
      if (item.id < id) break;
      at = index;
    }
    return at;
  }

  /** Those of them that are not there yet. */
  #added(items: readonly Item[]): Item[] {
    return items.filter((item) => {
      if (!isStored(item)) return true;
      if (this.#byId.has(item.id)) return false;
      this.#byId.set(item.id, item);
      return true;
    });
  }

  #drop(count: number): void {
    for (const item of this.#items.splice(0, count)) if (isStored(item)) this.#byId.delete(item.id);
    this.#missing = undefined;
  }
}

function isStored(item: Item): item is MessageItem {
  return item instanceof MessageItem && item.id > 0;
}

function itemsOf({ entries }: HistoryPage, line: (entry: ReceivedEntry) => Render): Item[] {
  return entries.flatMap((one): Item[] => {
    if ('text' in one) return [new MessageItem(one, 'history')];
    return one.line === undefined ? [] : [line(one)];
  });
}
