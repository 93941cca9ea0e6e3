import { EVERYONE } from '../../api/entry.ts';
import type { Conversation } from '../conversation.ts';
import type { KnownRoom, Received, ReceivedEntry } from '../owner.ts';
import type { Reading } from '../reading.ts';
import type { Answer } from '../requests.ts';
import type { Addressee } from './addressee.ts';
import { HistoryPages } from './history-pages.ts';
import { isFor } from './mention.ts';
import { changeBy, type MessageChange } from './message-commands.ts';
import { MessageItem } from './message-item.ts';
import { MessageRows } from './message-rows.ts';
import { noticeText } from './notice-text.ts';
import { Scrolling } from './scrolling.ts';
import type { SearchHit } from './search-hits.ts';
import { type SentOptions, sentMessage } from './sent-message.ts';
import { ShownMessages } from './shown-messages.ts';
import { statusEntries } from './status-entries.ts';
import { type StatusEntry, statusRow } from './status-line.ts';
import type { Terminal, Turn } from './terminal.ts';
import type { Render } from './timeline.ts';
import type { View } from './view.ts';
import type { Window } from './window.ts';
import { Windows } from './windows.ts';

/** What the display needs from the client. */
export interface DisplayOptions {
  readonly conversation: Conversation;
  readonly terminal: Terminal;
  readonly view: View;
  readonly reading: Reading;
}

/**
 * What the terminal shows: the windows, and the status line. A terminal without windows shows everything in one stream.
 * Messages for this person that belong to another window are shown in the present one too.
 */
export class Display {
  readonly #conversation: Conversation;
  readonly #terminal: Terminal;
  readonly #view: View;
  readonly #reading: Reading;
  readonly #windows = new Windows();
  /** The messages that it shows. */
  readonly messages: ShownMessages;
  readonly #scrolling: Scrolling;
  readonly #rows: MessageRows;

  constructor({ conversation, terminal, view, reading }: DisplayOptions) {
    this.#conversation = conversation;
    this.#terminal = terminal;
    this.#view = view;
    this.#reading = reading;
    const me = () => conversation.name ?? '';
    this.messages = new ShownMessages(this.#windows, me);
    this.#rows = new MessageRows(view, me, terminal.hasWindows);
    const told =
      ({ line = '', roomName = '' }: ReceivedEntry) =>
      () =>
        view.notice(noticeText(line, roomName));
    this.#scrolling = new Scrolling({
      history: new HistoryPages(conversation, told),
      view: this.#rows,
      current: () => this.#windows.current,
      height: () => this.#height,
      moved: () => this.#moved(),
    });
  }

  /** The window that is shown. */
  get current(): Window {
    return this.#windows.current;
  }

  /** Who messages go to. */
  get addressee(): Addressee {
    return this.#windows.current.to;
  }

  /** Prints lines in the present window. */
  print(render: Render): void {
    this.#add(this.#windows.current, render);
  }

  /** Shows messages and entries that have arrived. */
  show(all: readonly (Received | ReceivedEntry)[]): void {
    const { name = '' } = this.#conversation;
    for (const one of all) {
      if ('text' in one) this.#message(new MessageItem(one, 'elsewhere'), name);
      else this.#entry(one);
    }
    if (all.some((one) => 'text' in one && isFor(one, name))) this.#terminal.ring();
  }

  /** Whether a message is shown in the present window when it arrives. */
  isShown(one: Received | ReceivedEntry): boolean {
    if (!this.#terminal.hasWindows) return true;
    if (!('text' in one)) return this.#windows.byRoom(one.room) === this.#windows.current;
    return this.#windows.of(one) === this.#windows.current || isFor(one, this.#conversation.name ?? '');
  }

  /** Shows a message that was sent from here. @param from the window in which it was typed, which shows it too */
  sent(to: Addressee, text: string, facts: Answer['facts'], from: Window, more: SentOptions = {}): void {
    const item = sentMessage(this.#conversation.name ?? '', to, text, facts, more);
    const window = this.#windows.to(to, item.message.room);
    this.#add(window, item);
    if (window !== from && this.#terminal.hasWindows) this.#add(from, item);
  }

  /**
   * A command was answered: it may have joined a room, whose window is then shown, or changed a message.
   * @returns whether the window shows it by itself
   */
  answered(command: string, facts: Answer['facts'] = {}): boolean {
    const { room, roomName } = facts;
    if (!this.#terminal.hasWindows) return false;
    if (['join', 'create'].includes(command) && typeof room === 'number') this.open([String(roomName)], room);
    const change = changeBy(this.#conversation.name ?? '', command, facts);
    if (change === undefined) return false;
    this.#change(change);
    return this.#windows.current.find(change.of ?? 0) !== undefined;
  }

  /** Marks a message, and scrolls to it if it is not on the screen. */
  mark({ id }: MessageItem): void {
    this.#scrolling.reveal(id);
  }

  /** Whether it shows one window instead of another. */
  get hasWindows(): boolean {
    return this.#terminal.hasWindows;
  }

  /** Shows a message in its place. @returns whether the server has it */
  async jump({ id, room, to }: SearchHit): Promise<boolean> {
    const window = this.#windows.to(to, room);
    const isFound = await this.#scrolling.find(window, id);
    if (isFound) this.#show(window, true);
    return isFound;
  }

  /** Shows the window of users or a room, for a command. @param room its id, if it is known */
  open(to: Addressee, room?: number): void {
    this.#show(this.#windows.to(to, room), true);
  }

  /** Shows the window with this number. @returns whether there is one */
  openNumber(number: number): boolean {
    const window = this.#windows.all[number - 1];
    if (window !== undefined) this.#show(window);
    return window !== undefined;
  }

  /** Does what a key asks for. */
  turn(to: Turn): void {
    if (typeof to === 'number') this.openNumber(to);
    else if (to === 'up' || to === 'down') void this.#scrolling.scroll(to);
    else if (to === 'active') this.#openActive();
    else this.#show(this.#windows.beside(to === 'next' ? 1 : -1));
  }

  /** Shows the next window with unread messages, those with mentions first. */
  #openActive(): void {
    const next = this.#entries.find(({ mentions }) => mentions > 0) ?? this.#entries.find(({ unread }) => unread > 0);
    if (next !== undefined) this.openNumber(next.number);
  }

  /** Shows the latest messages of the present window, without a mark. */
  toEnd(): void {
    const { current } = this.#windows;
    if (current.isAtEnd && current.marked === 0) return;
    current.marked = 0;
    current.toEnd();
    this.#moved();
  }

  /** Closes the present window. It opens again with the next message. */
  close(): void {
    const { current } = this.#windows;
    this.#windows.close(current);
    this.#terminal.swapDraft(this.#windows.current.draft);
    this.#shown();
  }

  /** A room was listed, or has changed. */
  room(room: KnownRoom): void {
    if (!this.#terminal.hasWindows) return;
    this.#windows.listed(room);
    this.#terminal.refresh();
  }

  /** All rooms were listed. */
  listed(): void {
    this.#windows.settle();
    this.#terminal.refresh();
  }

  /** The user has left a room. */
  roomLeft(room: number): void {
    const window = this.#windows.byRoom(room);
    if (window === undefined || !this.#terminal.hasWindows) return;
    if (window === this.#windows.current) this.close();
    else this.#windows.close(window);
    this.#terminal.refresh();
  }

  /** The status line; undefined while there is only one window, with nothing to tell. */
  status(): string | undefined {
    const { all, current } = this.#windows;
    if (!this.#terminal.hasWindows || (all.length < 2 && current.isAtEnd)) return undefined;
    return statusRow(this.#entries, this.#terminal.columns - 1, current.isAtEnd, this.#view);
  }

  /** Shows the present window anew, such as in another size. */
  repaint(): void {
    if (!this.#terminal.hasWindows) return;
    this.#terminal.repaint(this.#windows.current.screen(this.#rows, this.#height));
  }

  /** Shows another part of the present window. What is on the screen is read. */
  #moved(): void {
    this.repaint();
    const { current } = this.#windows;
    if (current.isAtEnd) this.#read(current.room, current.live.latest);
  }

  /** The windows, with what is unread in them. */
  get #entries(): StatusEntry[] {
    return statusEntries(this.#windows, this.#conversation.rooms, (room) => this.#reading.isAhead(room));
  }

  get #height(): number {
    return Math.max(1, this.#terminal.rows - 2);
  }

  #message(item: MessageItem, me: string): void {
    const { message } = item;
    const window = this.#windows.of(message);
    this.#add(window, item);
    const isOther = window !== this.#windows.current;
    if (isOther && isFor(message, me) && this.#terminal.hasWindows) this.#add(this.#windows.current, item);
    // What is on the screen is read, as on plain lines.
    if ((!isOther && window.isAtEnd) || !this.#terminal.hasWindows) this.#read(message.room ?? EVERYONE, message.id);
  }

  #entry(entry: ReceivedEntry): void {
    const { line, room, roomName } = entry;
    if (this.#terminal.hasWindows && this.#change(entry)) return;
    if (line === undefined) return;
    const window = this.#windows.byRoom(room) ?? (roomName && this.#windows.to([roomName], room));
    if (window) window.leaveGap(entry);
    const { title } = window || this.#windows.current;
    const text = this.#terminal.hasWindows ? noticeText(line, title) : line;
    this.#add(window || this.#windows.current, () => this.#view.notice(text));
  }

  /** Applies a change to its message in all windows. @returns whether it is on the screen */
  #change(entry: MessageChange): boolean {
    const changed = new Set(this.#windows.all.map((window) => window.change(entry)));
    changed.delete(undefined);
    if (changed.size === 0) return false;
    this.repaint();
    return true;
  }

  /** Adds a message or lines to a window, and prints them if it is shown. */
  #add(window: Window, item: MessageItem | Render): void {
    const { hasWindows } = this.#terminal;
    const { live } = window;
    // A message to oneself comes back.
    if (hasWindows && item instanceof MessageItem && live.has(item.id)) return;
    const previous = live.findLast(() => true);
    window.add(item);
    if (hasWindows && (window !== this.#windows.current || window.shown !== live)) return;
    const rows = window.rowsOf(this.#rows)(item, previous);
    // What is being read stays where it is.
    if (window.scrolled > 0 && hasWindows) window.scrolled += rows.length;
    else if (hasWindows && live.items.at(-1) !== item) this.repaint();
    else this.#terminal.print(...rows);
  }

  /** @param isAnswer whether a command shows it: what was typed while it was answered is meant for this window */
  #show(window: Window, isAnswer = false): void {
    const { current } = this.#windows;
    if (window !== current && this.#terminal.hasWindows) {
      const { draft } = window;
      const typed = this.#terminal.swapDraft(draft);
      const isTaken = isAnswer && draft.join('') === '';
      if (isTaken) this.#terminal.swapDraft(typed);
      current.draft = isTaken ? draft : typed;
    }
    this.#windows.show(window);
    this.#shown();
  }

  #shown(): void {
    const { current } = this.#windows;
    this.#terminal.refresh();
    if (!this.#terminal.hasWindows) return;
    this.#moved();
    void this.#scrolling.fill(current);
  }

  #read(room: number | undefined, id: number): void {
    if (room !== undefined && id > 0) this.#reading.note(room, id);
  }
}
