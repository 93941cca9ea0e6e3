import type { State } from 'chatserv/client';
import { Announcer } from './announcer.ts';
import { Banner } from './banner.ts';
import { Chat, type Login } from './chat.ts';
import { call, understood } from './commands.ts';
import { Composer } from './composer.ts';
import { byId } from './dom.ts';
import { Keep, type Kept } from './keep.ts';
import { ListView } from './list.ts';
import { type Credentials, LoginView } from './login.ts';
import { Notifications } from './notify.ts';
import { titleOf, wearFace } from './people.ts';
import { SettingsSheet, StartSheet } from './sheets.ts';
import { TalkView } from './talk-view.ts';
import { type Entry, EVERYONE, type Recipients, type Talk } from './talks.ts';
import { closedInWords, secondsInWords } from './words.ts';

/** The whole page: who is logged in, which conversation is shown, and what happens where. */
export class Page {
  readonly #socket: string;
  readonly #title = document.title;
  readonly #view = byId('chat', HTMLElement);
  readonly #heading = byId('talk-name', HTMLElement);
  readonly #login = new LoginView((credentials) => this.#logIn(credentials));
  readonly #list = new ListView((to) => this.#choose(to));
  readonly #talkView: TalkView;
  readonly #composer: Composer;
  readonly #banner = new Banner();
  readonly #announcer = new Announcer();
  readonly #notifications = new Notifications();
  readonly #start = new StartSheet((names) => this.#choose(names));
  readonly #settings = new SettingsSheet(this.#notifications, () => void this.#logOut());
  readonly #keep = new Keep(() => (this.#loggedIn ? this.#chat?.kept() : undefined));
  #chat: Chat | undefined;
  /** Whether the chat that there is has ever been online, now or when it was kept. */
  #loggedIn = false;
  #current = EVERYONE;
  #drawing = false;

  /** @param socket where the WebSocket is, as an http or https address */
  constructor(socket: URL) {
    socket.protocol = socket.protocol.replace('http', 'ws');
    this.#socket = socket.href;
    this.#talkView = new TalkView({
      again: (entry) => this.#again(entry),
      discard: (entry) => this.#discard(entry),
    });
    this.#composer = new Composer(
      (lines) => this.#send(lines),
      (draft) => {
        this.#talk.draft = draft;
        this.#keep.changed();
      },
    );
    byId('start-open', HTMLButtonElement).addEventListener('click', () =>
      this.#start.open([...(this.#chat?.online ?? [])]),
    );
    byId('settings-open', HTMLButtonElement).addEventListener('click', () => this.#settings.open());
    byId('back', HTMLButtonElement).addEventListener('click', () => this.#back());
    byId('talk', HTMLElement).addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) this.#back();
    });
    document.addEventListener('visibilitychange', () => this.#looked());
    addEventListener('focus', () => this.#looked());
    addEventListener('online', () => this.#chat?.conversation.tryNow());
  }

  /** Begins with what is kept on the device, or with the login. */
  open(kept: Kept | undefined): void {
    if (kept?.remembered.token === undefined) {
      this.#login.show(kept?.name);
      return;
    }
    this.#loggedIn = true;
    this.#begin({ name: kept.name }, kept);
    this.#showChat();
  }

  get #talk(): Talk {
    const { talks } = this.#chat as Chat;
    return talks.get(this.#current) ?? talks.everyone;
  }

  #logIn({ stay, ...login }: Credentials): void {
    this.#keep.stays = stay;
    this.#loggedIn = false;
    this.#begin(login);
  }

  #begin(login: Login, kept?: Kept): void {
    // What an earlier login still does is nobody's any more.
    const mine =
      <A extends unknown[]>(told: (...args: A) => void) =>
      (...args: A) => {
        if (this.#chat === chat) told(...args);
      };
    const chat: Chat = new Chat(
      this.#socket,
      login,
      {
        state: mine((state) => this.#state(state)),
        added: mine((talk, entry) => this.#added(talk, entry)),
        changed: mine((entry) => this.#talkView.changed(entry)),
        listed: () => this.#draw(),
        keep: mine(() => this.#keep.changed()),
        keepNow: mine(() => this.#keep.write()),
      },
      kept,
    );
    this.#chat = chat;
    chat.start();
  }

  #state(state: State): void {
    switch (state.state) {
      case 'connecting':
      case 'logging-in':
        if (this.#loggedIn) this.#banner.say('Connecting …');
        break;
      case 'online':
        this.#online(state.back);
        break;
      case 'lost':
        if (this.#loggedIn) this.#lost(state.seconds);
        else this.#refused(state);
        break;
      case 'closed':
        if (!this.#loggedIn) this.#refused(state);
        else this.#closed(state);
    }
    this.#draw();
  }

  #online(back: boolean): void {
    this.#banner.hide();
    if (back) this.#announcer.say('Connected again.');
    if (this.#loggedIn) return;
    this.#loggedIn = true;
    this.#login.hide();
    this.#showChat();
    this.#composer.focus(this.#heading);
  }

  #lost(seconds: number): void {
    const retry = () => this.#chat?.conversation.tryNow();
    const sentence = (left: number) => `The connection was lost. Trying again in ${secondsInWords(left)}.`;
    if (byId('banner', HTMLElement).hidden)
      this.#announcer.say('The connection was lost. The page tries to get it back.');
    this.#banner.count(seconds, sentence, 'Try now', retry);
  }

  /** It did not come to a login. */
  #refused(state: Extract<State, { state: 'closed' | 'lost' }>): void {
    const chat = this.#chat;
    this.#chat = undefined;
    chat?.conversation.close();
    this.#login.failed(state);
  }

  /** It is over, after a login. */
  #closed({ why, because, seconds }: Extract<State, { state: 'closed' }>): void {
    if (why === 'goodbye' || why === 'left') {
      this.#leave('');
      return;
    }
    // The token is good no more, by its age or by another password.
    if (why === 'refused') {
      this.#expired(because);
      return;
    }
    const text = why === 'blocked' ? `You are kept out for ${secondsInWords(seconds ?? 0)}.` : closedInWords(why);
    this.#banner.say(text, why === 'replaced' ? 'Use it here' : 'Connect again', () => this.#chat?.comeBack());
    this.#announcer.say(text);
  }

  #expired(because: string | undefined): void {
    const name = this.#chat?.name;
    const connected = because === 'connected' ? ' It is connected elsewhere.' : '';
    this.#leave(`Please log in again.${connected}`, name);
  }

  async #logOut(): Promise<void> {
    await this.#chat?.conversation.leave();
    if (this.#loggedIn) this.#leave('');
  }

  /** Goes back to the login, and forgets all that was said. */
  #leave(problem: string, name?: string): void {
    const chat = this.#chat;
    this.#chat = undefined;
    this.#loggedIn = false;
    this.#keep.forget();
    chat?.conversation.close();
    this.#start.close();
    this.#settings.close();
    this.#banner.hide();
    this.#announcer.clear();
    this.#view.hidden = true;
    this.#current = EVERYONE;
    document.title = this.#title;
    this.#login.show(name, problem);
  }

  #showChat(): void {
    const { name } = this.#chat as Chat;
    this.#view.hidden = false;
    wearFace(byId('me-face', HTMLElement), name);
    byId('me-name', HTMLElement).textContent = name;
    this.#show(this.#talk);
  }

  /** The user wants to see a conversation. */
  #choose(to: Recipients): void {
    if (this.#chat === undefined) return;
    this.#show(this.#chat.talks.open(to));
    this.#composer.focus(this.#heading);
  }

  #show(talk: Talk): void {
    const unread = talk.unread;
    this.#current = talk.key;
    this.#view.dataset.pane = 'talk';
    if (!document.hidden) talk.unread = 0;
    this.#talkView.show(talk, unread);
    this.#composer.open(talk.to, titleOf(talk), talk.draft);
    this.#draw();
    this.#keep.changed();
  }

  /** On a narrow page: from the conversation to the list. On a wide one to its place in the list. */
  #back(): void {
    this.#view.dataset.pane = 'list';
    this.#list.focus();
  }

  #added(talk: Talk, entry: Entry): void {
    const shown = talk.key === this.#current && this.#view.dataset.pane === 'talk';
    if (shown && !document.hidden) talk.unread = 0;
    if (talk.key === this.#current) this.#talkView.added(entry);
    if (entry.mine) return;
    const where = talk.to === 'everyone' ? '' : ', to you';
    this.#announcer.say(`${entry.from}${shown ? '' : where}: ${entry.text}`);
    const title = talk.to === 'everyone' ? `${entry.from} (${this.#title})` : entry.from;
    this.#notifications.show(title, entry.text, talk.key, () => this.#choose(talk.to));
  }

  /** The page is looked at again: what came meanwhile counts as read. */
  #looked(): void {
    if (document.hidden || this.#chat === undefined || this.#view.dataset.pane !== 'talk') return;
    if (this.#talk.unread === 0) return;
    this.#talk.unread = 0;
    this.#draw();
    this.#keep.changed();
  }

  #send(lines: readonly string[]): void {
    const chat = this.#chat;
    if (chat === undefined) return;
    for (const line of lines) {
      const written = understood(line);
      if (written.kind === 'text') chat.send(this.#talk, written.text);
      else if (written.kind === 'message') {
        this.#choose(written.to);
        chat.send(this.#talk, written.text);
      } else void this.#command(chat, written.name, written.rest);
    }
  }

  async #command(chat: Chat, name: string, rest: string): Promise<void> {
    if (name === 'logout') return this.#logOut();
    const lines = await call(chat.conversation, name, rest);
    if (this.#chat !== chat) return;
    this.#talkView.note(lines);
    this.#announcer.say(lines.join('\n'));
  }

  #again(entry: Entry): void {
    this.#talkView.removed(entry);
    this.#chat?.again(this.#talk, entry);
    this.#composer.focus(this.#heading);
  }

  #discard(entry: Entry): void {
    this.#chat?.talks.remove(this.#talk, entry);
    this.#talkView.removed(entry);
    this.#composer.focus(this.#heading);
  }

  /** Draws list, head and title anew, once for all that changes at a time. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      if (this.#chat !== undefined && this.#loggedIn) this.#drawNow(this.#chat);
    });
  }

  #drawNow({ talks, online, isOnline, name, conversation }: Chat): void {
    this.#list.render({ talks, online, isOnline, me: name, current: this.#current });
    this.#talkView.describe(this.#talk, isOnline, online.size);
    const connected = conversation.state.state === 'online';
    byId('me-state', HTMLElement).textContent = connected ? 'Online' : 'Not connected';
    const unread = talks.unread();
    const badge = byId('back-unread', HTMLElement);
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? '99+' : `${unread}`;
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
  }
}
