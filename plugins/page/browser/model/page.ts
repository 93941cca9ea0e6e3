import { signal } from '@preact/signals';
import { closedReason, durationText, type State } from 'chatserv/client';
import { type Credentials, LoginForm } from '../login/login-form.ts';
import { Announcer } from './announcer.ts';
import { Banner } from './banner.ts';
import { Chat } from './chat.ts';
import { forgetInvitation, invitationCode, invitationInWords } from './invitation.ts';
import { Keep, type Kept } from './keep.ts';
import type { Login } from './login.ts';
import { Notifications } from './notify.ts';
import { Questions } from './questions.ts';
import { Screen } from './screen.ts';

/** The whole page, from the login to the end of the connection. */
export class Page {
  readonly banner = new Banner();
  readonly announcer = new Announcer();
  readonly notifications = new Notifications();
  readonly questions = new Questions();
  readonly login = new LoginForm((credentials) => this.#logIn(credentials));
  /** The chat that is shown; undefined for the login. */
  readonly screen = signal<Screen | undefined>(undefined);
  readonly #keep = new Keep(
    (room) => (this.#loggedIn && !this.#isReplaced() ? this.#chat?.kept(room) : undefined),
    () => this.#loggedOutElsewhere(),
  );
  #chat: Chat | undefined;
  /** Whether the current chat has been online, on this page or when it was stored. */
  #loggedIn = false;
  /** Whether the lost connection was announced. */
  #isLost = false;

  constructor() {
    addEventListener('online', () => this.#chat?.conversation.tryNow());
    // Timers of hidden pages are slow: reconnects when the page becomes visible.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#chat?.conversation.tryNow();
      this.screen.value?.looked();
    });
    addEventListener('resize', () => this.screen.value?.looked());
  }

  /** Starts with the stored data, or with the login. @param takeover whether to close a session elsewhere */
  open(kept: Kept | undefined, takeover = false): void {
    if (kept?.remembered.token === undefined) {
      this.login.open(kept?.name);
      void this.#invite();
      return;
    }
    this.#loggedIn = true;
    this.#show(this.#begin({ name: kept.name, takeover }, kept));
  }

  /** Logs out, and goes back to the login. */
  async logOut(): Promise<void> {
    await this.#chat?.conversation.leave();
    if (this.#loggedIn) this.#leave('');
  }

  /** Shows who invites, if the address has an invitation. */
  async #invite(): Promise<void> {
    const code = invitationCode();
    if (code === undefined) return;
    const sentence = await invitationInWords(code);
    if (!this.#loggedIn) this.login.invite(code, sentence);
  }

  #logIn({ stay, ...login }: Credentials): void {
    this.#keep.stays = stay;
    this.#loggedIn = false;
    this.#begin(login);
  }

  #begin(login: Login, kept?: Kept): Chat {
    // Ignores events of an earlier login.
    const mine =
      <A extends unknown[]>(told: (...args: A) => void) =>
      (...args: A) => {
        if (this.#chat === chat) told(...args);
      };
    const chat: Chat = new Chat(
      login,
      {
        state: mine((state) => this.#state(state)),
        ask: async (question, gone) => (this.#chat === chat ? this.questions.ask(question, gone) : undefined),
        added: mine((...added) => this.screen.value?.added(...added)),
        caughtUp: mine((count) => this.#caughtUp(count)),
        changed: mine((entry) => this.screen.value?.changed(entry)),
        reordered: mine((talk) => this.screen.value?.reordered(talk)),
        counted: mine((talk) => this.screen.value?.counted(talk)),
        listed: mine(() => this.screen.value?.draw()),
        keep: mine(() => this.#keep.changed()),
        keepNow: mine(() => this.#keep.write()),
      },
      kept,
    );
    this.#chat = chat;
    chat.start();
    return chat;
  }

  #state(state: State): void {
    switch (state.state) {
      case 'connecting':
      case 'logging-in':
        if (this.#loggedIn) this.banner.sayIfLong('Connecting …');
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
    this.screen.value?.draw();
  }

  #online(back: boolean): void {
    this.banner.hide();
    if (back && this.#isLost) this.announcer.say('Reconnected.');
    this.#isLost = false;
    if (this.#loggedIn || this.#chat === undefined) return;
    this.#loggedIn = true;
    forgetInvitation();
    this.login.close();
    this.#show(this.#chat).focusComposer();
  }

  #show(chat: Chat): Screen {
    const { announcer, notifications } = this;
    this.screen.value?.close();
    const screen = new Screen(chat, {
      announcer,
      notifications,
      keep: () => this.#keep.changed(),
      logOut: () => void this.logOut(),
    });
    this.screen.value = screen;
    return screen;
  }

  #caughtUp(count: number): void {
    if (count > 0) this.announcer.say(`You have ${count === 1 ? 'a new message' : `${count} new messages`}.`);
  }

  #lost(seconds: number): void {
    const retry = () => this.#chat?.conversation.tryNow();
    const sentence = (left: number) => `The connection was lost. Trying again in ${durationText(left)}.`;
    if (!this.#isLost) this.announcer.say('The connection was lost. Reconnecting.');
    this.#isLost = true;
    this.banner.count(seconds, sentence, 'Try now', retry);
  }

  /** The login failed. */
  #refused(state: Extract<State, { state: 'closed' | 'lost' }>): void {
    const chat = this.#chat;
    this.#chat = undefined;
    chat?.conversation.close();
    this.login.failed(state);
  }

  /** The conversation has ended, after a login. */
  #closed(state: Extract<State, { state: 'closed' }>): void {
    const { why, because } = state;
    if (why === 'goodbye' || why === 'left') {
      this.#leave('');
      return;
    }
    if (why === 'signed-out') {
      this.#leave(closedReason(state), this.#chat?.name);
      return;
    }
    // The token has expired, or the password was changed.
    if (why === 'refused') {
      this.#expired(because);
      return;
    }
    const text = closedReason(state);
    this.banner.say(text, why === 'replaced' ? 'Use it here' : 'Reconnect', () => this.#comeBack());
    this.announcer.say(text);
  }

  /** Whether another window or device has taken over: only that one may write the storage. */
  #isReplaced(): boolean {
    const state = this.#chat?.conversation.state;
    return state?.state === 'closed' && state.why === 'replaced';
  }

  /** Connects again after the end, with what another window of this device has stored meanwhile, if any. */
  #comeBack(): void {
    const takeover = this.#isReplaced();
    const kept = this.#keep.stays && takeover ? Keep.load() : undefined;
    if (kept === undefined) this.#chat?.comeBack(takeover);
    else this.open(kept, takeover);
  }

  /** The user has logged out in another window of this device, which logs out all of them. */
  #loggedOutElsewhere(): void {
    if (this.#isReplaced()) this.#leave('');
  }

  #expired(because: string | undefined): void {
    const name = this.#chat?.name;
    const connected = because === 'connected' ? ' You are connected from another window or device.' : '';
    this.#leave(`Please log in again.${connected}`, name);
  }

  /** Goes back to the login and deletes all conversations. */
  #leave(problem: string, name?: string): void {
    const chat = this.#chat;
    this.#chat = undefined;
    this.#loggedIn = false;
    this.#keep.forget();
    chat?.conversation.close();
    this.banner.hide();
    this.announcer.clear();
    this.screen.value?.close();
    this.screen.value = undefined;
    this.login.open(name, problem);
  }
}
