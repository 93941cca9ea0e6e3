import {
  type Ask,
  Conversation,
  nameKey,
  overWebSocket,
  type Received,
  type Remembered,
  type RequestError,
  type State,
  type Step,
} from 'chatserv/client';
import type { Kept } from './keep.ts';
import { keepsMessages } from './server.ts';
import { type Entry, type Talk, Talks } from './talks.ts';
import { failureInWords, unreachedInWords } from './words.ts';

/** What a chat tells the page. */
export interface Watcher {
  state(state: State): void;
  /** A plugin asks something, after the login or in the middle of it. @returns undefined where there is no answer */
  ask(question: Ask, gone: AbortSignal): Promise<string | undefined>;
  /** A message was added to a conversation, by others or from here. @param waited whether it was said before the login */
  added(talk: Talk, entry: Entry, waited: boolean): void;
  /** After a login: so many messages had waited. */
  caughtUp(count: number): void;
  /** A message has another state. */
  changed(entry: Entry): void;
  /** Something in the list of conversations and people is different. */
  listed(): void;
  /** Something is to be kept. */
  keep(): void;
  /** It is to be kept before it is said to the server that it was. */
  keepNow(): void;
}

/** The questions of a login that its form answers. */
const FILLED_IN = new Set(['username', 'password', 'register', 'new-password', 'new-password-again']);

/** Who is there, as far as is known. */
export interface Presence {
  readonly isConnected: boolean;
  /** Whether it is known who is online now. */
  readonly knowsOnline: boolean;
  /** The names of those who are online; without a connection of those who were. */
  readonly online: ReadonlySet<string>;
  readonly isOnline: (name: string) => boolean;
}

/** How a chat begins. */
export interface Login {
  readonly name: string;
  readonly password?: string;
  readonly register?: boolean;
  /** Whether a session of the account that is there is closed. */
  readonly takeover?: boolean;
}

/** One account's chat: the connection and the conversations, without any of what is seen of them. */
export class Chat implements Presence {
  readonly talks: Talks;
  readonly #watcher: Watcher;
  readonly #socket: string;
  #conversation: Conversation;
  #name: string;
  #remembered: Remembered;
  /** Those who are online: their names, and what names are compared by. */
  #online: ReadonlySet<string> = new Set();
  #onlineKeys: ReadonlySet<string> = new Set();

  /** @param socket the WebSocket's address @param kept what this device knows of the account */
  constructor(socket: string, login: Login, watcher: Watcher, kept?: Kept) {
    this.#socket = socket;
    this.#watcher = watcher;
    this.#name = kept?.name ?? login.name;
    this.#remembered = kept?.remembered ?? {};
    this.talks = new Talks(
      () => {
        watcher.listed();
        watcher.keep();
      },
      kept?.talks,
      kept?.shown,
    );
    this.#conversation = this.#begin(login);
  }

  get name(): string {
    return this.#name;
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  get isConnected(): boolean {
    return this.#conversation.state.state === 'online';
  }

  get knowsOnline(): boolean {
    return this.#conversation.knowsOnline;
  }

  get online(): ReadonlySet<string> {
    return this.#online;
  }

  isOnline = (name: string): boolean => this.knowsOnline && this.#onlineKeys.has(nameKey(name));

  start(): void {
    this.#conversation.start();
  }

  /** Connects again after it was over, with the token. @param takeover whether a session elsewhere is closed */
  comeBack(takeover: boolean): void {
    this.#conversation = this.#begin({ name: this.#name, takeover });
    this.#conversation.start();
  }

  /** What is to be kept on the device. @param room for how many characters of conversations */
  kept(room: number): Kept {
    return {
      name: this.#name,
      remembered: this.#remembered,
      talks: this.talks.kept(room),
      shown: this.talks.shown.key,
    };
  }

  /** Sends a message, now or when there is a connection. */
  send(talk: Talk, text: string): void {
    const entry = this.talks.add(talk, { from: this.#name, mine: true, text, time: Date.now(), state: 'waiting' });
    this.#watcher.added(talk, entry, false);
    void this.#deliver(talk, entry);
  }

  /** Sends a message that failed once more. */
  again(talk: Talk, entry: Entry): void {
    this.talks.remove(talk, entry);
    this.send(talk, entry.text);
  }

  #begin(login: Login): Conversation {
    return new Conversation({
      open: overWebSocket(() => new WebSocket(this.#socket)),
      login,
      memory: {
        recall: () => this.#remembered,
        remember: (_name, remembered) => {
          this.#remembered = remembered;
          this.#watcher.keepNow();
        },
      },
      owner: {
        ask: (question, gone) => this.#ask(question, gone),
        state: (state) => {
          if (state.state === 'online') this.#name = state.name;
          // Who was there stays listed while the connection is only lost, as those who were online.
          if (state.state === 'closed') this.#people([]);
          this.#watcher.state(state);
        },
        message: (message) => this.#received(message),
        caughtUp: (count) => {
          this.#watcher.caughtUp(count);
          // From about now on it is known who is online.
          this.#watcher.listed();
        },
        presence: () => this.#people(this.#conversation.online),
      },
    });
  }

  /** What is wrong with name or password, the login says; all else its plugins and commands ask. */
  async #ask(question: Ask, gone: AbortSignal): Promise<Step | undefined> {
    if (!this.isConnected && FILLED_IN.has(question.question)) return undefined;
    const text = await this.#watcher.ask(question, gone);
    return text === undefined ? undefined : { type: 'answer', text };
  }

  #people(names: readonly string[]): void {
    this.#online = new Set(names);
    this.#onlineKeys = new Set(names.map(nameKey));
    this.#watcher.listed();
  }

  #received({ id, from, audience, text, time, waited }: Received): void {
    // Kept together with the message, so that after a reload it is known not to be new.
    const { seen } = this.#remembered;
    if (id > 0) this.#remembered = { ...this.#remembered, seen: { id, time: Math.max(+time, seen?.time ?? 0) } };
    const mine = nameKey(from) === nameKey(this.#name);
    // To whom one's own of another device was is not told: those that were not for everyone stand under one's own name.
    const talk = this.talks.open(audience === 'everyone' ? 'everyone' : [from]);
    // What was written to oneself here is there already.
    if (mine && talk.entries.some((entry) => entry.state !== undefined && entry.text === text)) return;
    if (!mine) talk.unread++;
    this.#watcher.added(talk, this.talks.add(talk, { from, mine, text, time: +time }), waited);
  }

  async #deliver(talk: Talk, entry: Entry): Promise<void> {
    try {
      const { facts } = await this.#conversation.message(talk.to, entry.text);
      entry.state = 'sent';
      const unknown = Array.isArray(facts?.unknown) ? facts.unknown.map(String) : [];
      if (unknown.length > 0) {
        entry.remark = unreachedInWords(unknown, talk.to.length, keepsMessages);
      }
    } catch (cause) {
      const { reason, about, sentence } = cause as RequestError;
      entry.state = 'failed';
      entry.remark = `Not sent. ${failureInWords(reason, about, undefined, sentence)}`;
    }
    this.#watcher.changed(entry);
    this.talks.touch();
  }
}
