import type { Announcer } from './announcer.ts';
import type { Chat } from './chat.ts';
import { call, understood, type Written } from './commands.ts';
import { Composer } from './composer.ts';
import { byId } from './dom.ts';
import { ListView } from './list.ts';
import type { Notifications } from './notify.ts';
import { speakerOf, titleOf, wearFace } from './people.ts';
import { RoomsSheet } from './rooms-sheet.ts';
import { StartSheet } from './sheets.ts';
import { TalkView } from './talk-view.ts';
import { type Entry, isRoom, type Recipients, type Talk } from './talks.ts';

/** The shortest time between two redraws of the list, in milliseconds. */
const DRAWING = 50;

/** What a chat's view needs from the page. */
export interface ChatHost {
  readonly announcer: Announcer;
  readonly notifications: Notifications;
  /** Something that the device stores has changed. */
  keep(): void;
  logOut(): void;
}

/** The view of a chat: the list, the open conversation and the composer. */
export class ChatView {
  readonly #host: ChatHost;
  readonly #title = document.title;
  readonly #view = byId('chat', HTMLElement);
  readonly #talkPane = byId('talk', HTMLElement);
  readonly #heading = byId('talk-name', HTMLElement);
  readonly #list = new ListView((to) => this.#choose(to));
  readonly #start = new StartSheet((names) => this.#choose(names));
  readonly #rooms = new RoomsSheet((room) => this.#choose([room]));
  readonly #talkView: TalkView;
  readonly #composer: Composer;
  #chat: Chat | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ChatHost) {
    this.#host = host;
    this.#talkView = new TalkView({
      again: (entry) => this.#again(entry),
      discard: (entry) => this.#discard(entry),
      earlier: (talk) => void this.#chat?.loadEarlier(talk),
    });
    this.#composer = new Composer(
      (lines) => this.#send(lines),
      (draft) => {
        if (this.#chat !== undefined) this.#chat.talks.shown.draft = draft;
        host.keep();
      },
    );
    byId('start-open', HTMLButtonElement).addEventListener('click', () =>
      this.#start.open([...(this.#chat?.online ?? [])]),
    );
    byId('rooms-open', HTMLButtonElement).addEventListener('click', () => {
      if (this.#chat !== undefined) this.#rooms.open(this.#chat.conversation);
    });
    byId('back', HTMLButtonElement).addEventListener('click', () => this.#back());
    this.#talkPane.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) this.#back();
    });
    document.addEventListener('visibilitychange', () => this.#looked());
    addEventListener('resize', () => this.#looked());
  }

  /** Shows a chat. */
  open(chat: Chat): void {
    this.#chat = chat;
    this.#view.hidden = false;
    wearFace(byId('me-face', HTMLElement), chat.name);
    byId('me-name', HTMLElement).textContent = chat.name;
    this.#show(chat, chat.talks.shown);
  }

  close(): void {
    this.#chat = undefined;
    this.#start.close();
    this.#rooms.close();
    this.#talkView.clear();
    this.#list.clear();
    this.#composer.open('everyone', '', '');
    this.#view.hidden = true;
    document.title = this.#title;
  }

  /** Focuses the composer. */
  focus(): void {
    this.#composer.focus(this.#heading);
  }

  /** A message was added to a conversation. @param waited whether it was sent before the login */
  added(talk: Talk, entry: Entry, waited: boolean): void {
    const shown = talk === this.#chat?.talks.shown;
    const seen = shown && this.#isSeen();
    if (seen) this.#chat?.read(talk);
    if (shown) this.#talkView.added(entry, talk.unread === 1 && !entry.mine);
    if (entry.mine || entry.isNote) return;
    const speaker = speakerOf(entry.from);
    if (!waited)
      this.#host.announcer.say(
        `${speaker}${seen || talk.to === 'everyone' || isRoom(talk.to) ? '' : ', to you'}: ${entry.text}`,
      );
    const where = talk.to === 'everyone' ? this.#title : titleOf(talk);
    const title = talk.to === 'everyone' || isRoom(talk.to) ? `${speaker} (${where})` : speaker;
    this.#host.notifications.show(title, entry.text, talk.key, () => this.#choose(talk.to));
  }

  /** The state of a message has changed. */
  changed(entry: Entry): void {
    this.#talkView.changed(entry);
    if (entry.remark !== undefined) this.#host.announcer.say(entry.remark);
  }

  /** Messages were added before others, or removed. */
  reordered(talk: Talk): void {
    this.#talkView.reordered(talk);
    if (talk.unread > 0 && talk === this.#chat?.talks.shown && this.#isSeen()) this.#chat.read(talk);
    this.draw();
  }

  /** The server has said how many messages of a conversation are unread. */
  counted(talk: Talk): void {
    if (talk.unread > 0 && talk === this.#chat?.talks.shown && this.#isSeen()) this.#chat.read(talk);
    this.draw();
  }

  /** Redraws list, head and title, once for all changes at about the same time. */
  draw(): void {
    // A hidden page is not painted and its timers are slow, but its title is visible.
    if (document.hidden) this.#drawNow();
    else this.#drawing ??= setTimeout(() => this.#drawNow(), DRAWING);
  }

  /** Whether the conversation is visible: a narrow page shows either the conversation or the list. */
  #isSeen(): boolean {
    return !document.hidden && this.#talkPane.checkVisibility();
  }

  /** The user opens a conversation. */
  #choose(to: Recipients): void {
    if (this.#chat === undefined) return;
    this.#show(this.#chat, this.#chat.talks.open(to));
    this.focus();
  }

  #show({ talks }: Chat, talk: Talk): void {
    const unread = talk.unread;
    talks.shown = talk;
    this.#view.dataset.pane = 'talk';
    if (this.#isSeen() && unread > 0) this.#chat?.read(talk);
    this.#talkView.show(talk, Math.min(unread, talk.entries.length));
    this.#composer.open(talk.to, titleOf(talk), talk.draft);
    this.#drawNow();
  }

  /** On a narrow page: goes from the conversation to the list. On a wide one: to its item in the list. */
  #back(): void {
    this.#view.dataset.pane = 'list';
    this.#list.focus();
  }

  /** The page is visible again: messages that arrived meanwhile count as read. */
  #looked(): void {
    if (this.#chat === undefined || !this.#isSeen()) return;
    this.draw();
    const { shown } = this.#chat.talks;
    if (shown.unread === 0) return;
    this.#chat.read(shown);
    this.#host.keep();
  }

  #send(lines: readonly string[]): void {
    const chat = this.#chat;
    if (chat === undefined) return;
    const [line = '', ...more] = lines;
    // In several lines, perhaps pasted, a slash does not start a command.
    const written: Written =
      more.length > 0 ? { kind: 'text', text: line } : understood(line, chat.conversation.commands);
    if (written.kind === 'command') {
      void this.#command(chat, written.name, written.rest);
      return;
    }
    if (written.kind === 'message') this.#choose(written.to);
    for (const text of [written.text, ...more]) chat.send(chat.talks.shown, text);
  }

  async #command(chat: Chat, name: string, rest: string): Promise<void> {
    if (name === 'logout' && rest.trim() === '') return this.#host.logOut();
    const lines = await call(chat.conversation, name, rest, (command, facts) => chat.answered(command, facts));
    if (this.#chat !== chat) return;
    this.#talkView.note(lines);
    this.#host.announcer.say(lines.map(({ term = '', text }) => `${term} ${text}`).join('\n'));
  }

  #again(entry: Entry): void {
    this.#talkView.removed(entry);
    this.#chat?.again(this.#chat.talks.shown, entry);
    this.focus();
  }

  #discard(entry: Entry): void {
    this.#chat?.talks.remove(this.#chat.talks.shown, entry);
    this.#talkView.removed(entry);
    this.focus();
  }

  #drawNow(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    if (this.#chat === undefined) return;
    this.#list.render(this.#chat);
    this.#talkView.describe(this.#chat.talks.shown, this.#chat);
    byId('me-state', HTMLElement).textContent = this.#chat.isConnected ? 'Online' : 'Not connected';
    byId('rooms-open', HTMLButtonElement).hidden = !RoomsSheet.isFor(this.#chat.conversation);
    const unread = this.#chat.talks.unread();
    const badge = byId('back-unread', HTMLElement);
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? '99+' : `${unread}`;
    const label = unread > 0 ? `All conversations, ${unread} unread` : 'All conversations';
    byId('back', HTMLButtonElement).setAttribute('aria-label', label);
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
  }
}
