import { signal } from '@preact/signals';
import { speakerOf, titleOf } from '../ui/people.tsx';
import { Actions } from './actions.ts';
import type { Announcer } from './announcer.ts';
import type { Chat } from './chat.ts';
import { call, understood, type Written } from './commands.ts';
import { views } from './extensions.ts';
import { News } from './news.ts';
import type { Notifications } from './notify.ts';
import { server } from './server.ts';
import { type Entry, isRoom, type Note, type Recipients, type Talk } from './talk.ts';

/** The shortest time between two redraws of the list, in milliseconds. */
const DRAWING = 50;

/** With fewer messages a conversation loads earlier ones at once. */
const FEW = 30;

/** What a screen needs from the page. */
export interface ScreenHost {
  readonly announcer: Announcer;
  readonly notifications: Notifications;
  /** Something that the device stores has changed. */
  keep(): void;
  logOut(): void;
}

/** A sheet over the chat. */
export type OpenSheet =
  | { readonly kind: 'start' | 'rooms' | 'settings' | 'search' }
  | { readonly kind: 'members'; readonly room: string }
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'moderation'; readonly room?: string };

/** A message that the user edits or answers. */
export interface Writing {
  readonly kind: 'edit' | 'reply';
  readonly entry: Entry;
}

/** The menu of a message. */
export interface OpenMenu {
  readonly entry: Entry;
  /** The button that it belongs to. */
  readonly anchor: HTMLElement;
  /** The finger that has opened it and is not lifted yet. */
  readonly pointer?: number;
}

/**
 * A chat as it is on the screen: the open conversation, what is new in it, and what the user does. Components read its
 * signals; the counters rise whenever the chat behind them has changed.
 */
export class Screen {
  readonly chat: Chat;
  readonly #host: ScreenHost;
  /** Which half a narrow page shows. */
  readonly pane = signal<'talk' | 'list'>('talk');
  /** The open conversation. */
  readonly talk = signal<Talk>(undefined as unknown as Talk);
  /** Rises when the list of conversations, who is online or the connection has changed. */
  readonly listed = signal(0);
  /** Rises when the messages of the open conversation have changed. */
  readonly messages = signal(0);
  /** What is new in it. */
  readonly news = new News();
  readonly writing = signal<Writing | undefined>(undefined);
  readonly menu = signal<OpenMenu | undefined>(undefined);
  readonly actions = new Actions(this);
  /** The key of a message to scroll to. */
  readonly target = signal<number | undefined>(undefined);
  readonly sheet = signal<OpenSheet | undefined>(undefined);
  /** Rises when the composer, or on a phone the heading, must have the focus. */
  readonly composerFocus = signal(0);
  /** The element of the open conversation, while it is there. */
  talkPane: HTMLElement | null = null;
  /** Focuses the open conversation in the list. */
  focusList = (): void => {};
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;

  constructor(chat: Chat, host: ScreenHost) {
    this.chat = chat;
    this.#host = host;
    this.#show(chat.talks.shown);
  }

  /** The screen goes. */
  close(): void {
    clearTimeout(this.#drawing);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    document.title = server.title;
  }

  logOut(): void {
    this.#host.logOut();
  }

  /** Opens a sheet. */
  open(sheet: OpenSheet): void {
    this.sheet.value = sheet;
  }

  get notifications(): Notifications {
    return this.#host.notifications;
  }

  /** Focuses the composer, unless that would open an on-screen keyboard that nobody asked for. */
  focusComposer(): void {
    this.composerFocus.value++;
  }

  /** A message was added to a conversation. @param waited whether it was sent before the login */
  added(talk: Talk, entry: Entry, waited: boolean): void {
    const shown = talk === this.talk.peek();
    const seen = shown && this.#isSeen();
    if (seen) this.chat.read(talk);
    if (shown && talk.unread === 1 && !entry.mine) this.news.first.value = entry.key;
    if (shown) this.drawMessages();
    if (entry.mine || entry.isNote) return;
    const { level = 'all' } = talk;
    const speaker = speakerOf(entry.from);
    const isPublic = talk.to === 'everyone' || isRoom(talk.to);
    const toMe = seen || isPublic ? '' : ', to you';
    if (!waited) this.#host.announcer.say(`${speaker}${toMe}${entry.form === 'action' ? '' : ':'} ${entry.text}`);
    if (level === 'nothing' || (level === 'mentions' && !entry.mentionsMe)) return;
    const where = talk.to === 'everyone' ? server.title : titleOf(talk);
    const title = isPublic ? `${speaker} (${where})` : speaker;
    this.#host.notifications.show(
      title,
      entry.form === 'action' ? `* ${entry.from} ${entry.text}` : entry.text,
      talk.key,
      () => this.choose(talk.to),
    );
  }

  /** A message has changed: its state or its text. */
  changed(entry: Entry): void {
    this.drawMessages();
    if (entry.remark !== undefined) this.#host.announcer.say(entry.remark);
  }

  /** Messages were added before others, or removed. */
  reordered(talk: Talk): void {
    if (talk.unread > 0 && talk === this.talk.peek() && this.#isSeen()) this.chat.read(talk);
    // The conversation was closed, such as a room that the user has left.
    if (this.talk.peek() !== this.chat.talks.shown) this.#show(this.chat.talks.shown);
    this.messages.value++;
    this.draw();
  }

  /** The server has said how many messages of a conversation are unread. */
  counted(talk: Talk): void {
    if (talk.unread > 0 && talk === this.talk.peek() && this.#isSeen()) this.chat.read(talk);
    this.draw();
  }

  /** Redraws list, head and title, once for all changes at about the same time. */
  draw(): void {
    // A hidden page is not painted and its timers are slow, but its title is visible.
    if (document.hidden) this.#drawNow();
    else this.#drawing ??= setTimeout(() => this.#drawNow(), DRAWING);
  }

  /** Redraws the messages with the next frame. */
  drawMessages(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.messages.value++;
    });
  }

  /** The user opens a conversation. */
  choose(to: Recipients): void {
    this.#show(this.chat.talks.open(to));
    this.focusComposer();
  }

  /** Goes from earlier messages back to the latest ones. */
  leaveExcerpt(): void {
    const talk = this.talk.peek();
    if (talk.excerpt === undefined) return;
    talk.excerpt = undefined;
    this.messages.value++;
    this.looked();
  }

  /** On a narrow page: goes from the conversation to the list. On a wide one: to its item in the list. */
  back(): void {
    this.pane.value = 'list';
    this.focusList();
  }

  /** The page is visible again: messages that arrived meanwhile count as read. */
  looked(): void {
    if (!this.#isSeen()) return;
    this.draw();
    const talk = this.talk.peek();
    if (talk.unread === 0) return;
    this.chat.read(talk);
    this.#host.keep();
  }

  /** The user has changed what is being written. */
  drafted(draft: string): void {
    this.talk.peek().draft = draft;
    this.#host.keep();
  }

  /** Starts to edit or to answer a message. */
  write(writing: Writing): void {
    this.writing.value = writing;
    this.focusComposer();
  }

  /** Shows an answer of the page in the open conversation. */
  note(note: Omit<Note, 'key' | 'after'>, talk = this.talk.peek()): void {
    this.chat.talks.note(talk, note);
    this.messages.value++;
    this.#host.announcer.say(note.lines.map(({ term = '', text }) => `${term} ${text}`).join('\n'));
  }

  /** Sends what the user has written. */
  send(text: string): void {
    const writing = this.writing.peek();
    this.writing.value = undefined;
    if (writing?.kind === 'edit') {
      this.actions.edit(writing.entry, text);
      return;
    }
    // In several lines, perhaps pasted, a slash does not start a command.
    const written: Written = text.includes('\n')
      ? { kind: 'text', text }
      : understood(text, this.chat.conversation.commands);
    if (written.kind === 'command') {
      void this.#command(text.trim(), written.name, written.rest);
      return;
    }
    if (written.kind === 'message') this.choose(written.to);
    const form = written.kind === 'text' ? written.form : undefined;
    this.chat.send(this.talk.peek(), { text: written.text, form, reply: writing?.entry.id });
  }

  /** Sends a failed message again. */
  again(entry: Entry): void {
    this.chat.again(this.talk.peek(), entry);
    this.messages.value++;
    this.focusComposer();
  }

  /** Removes a failed message. */
  discard(entry: Entry): void {
    this.chat.talks.remove(this.talk.peek(), entry);
    this.messages.value++;
    this.focusComposer();
  }

  async #command(typed: string, name: string, rest: string): Promise<void> {
    if (name === 'logout' && rest.trim() === '') return this.logOut();
    const talk = this.talk.peek();
    const answer = await call(this.chat.conversation, name, rest, (command, facts) =>
      this.chat.answered(command, facts),
    );
    this.note({ typed, ...answer }, talk);
    // Its author is not sent what a plugin's command has made.
    if (!answer.isProblem && views.peek().size > 0 && (await this.chat.history.loadLatest(talk))) this.messages.value++;
  }

  /** Whether the conversation is visible: a narrow page shows either the conversation or the list. */
  #isSeen(): boolean {
    const isShown = this.talkPane?.checkVisibility() ?? true;
    return !document.hidden && isShown && this.talk.peek().excerpt === undefined;
  }

  #show(talk: Talk): void {
    const unread = talk.unread;
    const before = this.talk.peek();
    if (before !== undefined && before !== talk) Object.assign(before, { isReadBack: false, excerpt: undefined });
    this.chat.talks.shown = talk;
    this.talk.value = talk;
    this.pane.value = 'talk';
    this.writing.value = undefined;
    this.menu.value = undefined;
    this.news.open(talk, unread);
    this.messages.value++;
    if (unread > 0 && this.#isSeen()) this.chat.read(talk);
    this.#drawNow();
  }

  #drawNow(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.listed.value++;
    // A conversation begins with what was said before.
    const talk = this.talk.peek();
    if (talk.hasEarlier === undefined && talk.entries.length < FEW) void this.chat.load(talk, 'earlier');
    const unread = this.chat.talks.unread();
    document.title = unread > 0 ? `(${unread}) ${server.title}` : server.title;
  }
}
