import {
  type Ask,
  Conversation,
  type KnownRoom,
  nameKey,
  overWebSocket,
  Reading,
  type Received,
  type ReceivedEntry,
  type Remembered,
  type Step,
} from 'chatserv/client';
import { applyTo, type Change, changeAnswered, changeIn } from './changes.ts';
import { deviceName } from './device.ts';
import { views } from './extensions.ts';
import { History } from './history.ts';
import type { Kept } from './keep.ts';
import type { Login } from './login.ts';
import { isMentionOf } from './mentions.ts';
import { type Draft, Outgoing } from './outgoing.ts';
import { RoomTalks } from './room-talks.ts';
import { server } from './server.ts';
import type { Entry, Talk } from './talk.ts';
import { Talks } from './talks.ts';
import type { Watcher } from './watcher.ts';

/** The questions that the login form answers. */
const FILLED_IN = new Set(['username', 'password', 'register', 'guest', 'new-password', 'new-password-again']);

/** One account's chat: the connection and the conversations, without their view. */
export class Chat {
  readonly talks: Talks;
  readonly #watcher: Watcher;
  readonly history: History;
  readonly #rooms: RoomTalks;
  readonly #outgoing: Outgoing;
  readonly #reading = new Reading(() => this.#conversation);
  #conversation: Conversation;
  #name: string;
  /** The login of a guest, who has no token to come back with. */
  readonly #guest: Login | undefined;
  /** Whether a reset code was accepted: the user chooses a new password during the login. */
  #resets = false;
  #remembered: Remembered;
  /** Who is online: names by their keys for comparison. */
  #online: ReadonlySet<string> = new Set();
  #onlineKeys: ReadonlySet<string> = new Set();

  /** @param kept what this device stores of the account */
  constructor(login: Login, watcher: Watcher, kept?: Kept) {
    this.#watcher = watcher;
    this.#name = kept?.name ?? login.name;
    this.#guest = login.guest ? login : undefined;
    this.#remembered = kept?.remembered ?? {};
    this.talks = new Talks(
      () => {
        watcher.listed();
        watcher.keep();
      },
      kept?.talks,
      kept?.shown,
    );
    this.#rooms = new RoomTalks(this.talks);
    this.history = new History(
      this.talks,
      () => this.#conversation,
      (name) => this.#isMe(name),
    );
    this.#outgoing = new Outgoing({
      talks: this.talks,
      watcher,
      conversation: () => this.#conversation,
    });
    this.#conversation = this.#begin(login);
  }

  get name(): string {
    return this.#name;
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#conversation.state.state === 'online';
  }

  /** Whether it is known who is online now. */
  get knowsOnline(): boolean {
    return this.#conversation.knowsOnline;
  }

  /** The names of those online; without a connection, of those who were. */
  get online(): ReadonlySet<string> {
    return this.#online;
  }

  isOnline = (name: string): boolean => this.knowsOnline && this.#onlineKeys.has(nameKey(name));

  /** Whether a name with this key is among those online, or among those who were before the connection was lost. */
  isListedOnline(key: string): boolean {
    return this.#onlineKeys.has(key);
  }

  start(): void {
    this.#conversation.start();
  }

  /** Connects again after the end, with the token. @param takeover whether to close a session elsewhere */
  comeBack(takeover: boolean): void {
    this.#conversation = this.#begin(this.#guest ?? { name: this.#name, takeover });
    this.#conversation.start();
  }

  /** What to store on the device. @param room how many characters of conversations */
  kept(room: number): Kept {
    const { talks } = this;
    return { name: this.#name, remembered: this.#remembered, talks: talks.kept(room), shown: talks.shown.key };
  }

  /** Sends a message, now or once there is a connection. */
  send(talk: Talk, draft: Draft): void {
    this.#outgoing.send(talk, this.#name, draft);
  }

  /** Loads messages of a conversation that are not listed, if the server has any. */
  async load(talk: Talk, side: 'earlier' | 'later'): Promise<void> {
    const added = await (side === 'earlier' ? this.history.loadEarlier(talk) : this.history.loadLater(talk));
    if (added) this.#watcher.reordered(talk);
  }

  /** A command of the user's was answered, which may have changed a message. */
  answered(command: string, facts: unknown): void {
    const change = changeAnswered(command, facts, this.#name);
    if (change !== undefined) this.#change(change);
  }

  /** The user has read a conversation: its messages are read on all devices. */
  read(talk: Talk): void {
    const { id, seq = 0 } = talk.entries.findLast((entry) => entry.id !== undefined) ?? {};
    // What is still to be loaded was not read.
    if (talk.room !== undefined && id === undefined) return;
    talk.unread = 0;
    talk.mentions = 0;
    if (talk.marker !== undefined) talk.marker = Math.max(talk.marker, seq);
    if (talk.room !== undefined && id !== undefined) this.#reading.note(talk.room, id);
  }

  /** Sends a failed message again. */
  again(talk: Talk, entry: Entry): void {
    this.talks.remove(talk, entry);
    this.send(talk, entry);
  }

  #begin(login: Login): Conversation {
    return new Conversation({
      open: overWebSocket(() => new WebSocket(server.socket)),
      login,
      // Further windows of this browser are devices of their own, as long as the first one is connected.
      device: { name: deviceName(), numbered: true },
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
          if (state.state === 'online') {
            this.#name = state.name;
            void this.#conversation.rooms.listAll();
          }
          // While the connection is lost, those who were online stay listed.
          if (state.state === 'closed') this.#people([]);
          this.#watcher.state(state);
        },
        message: (message) => this.#received(message),
        entry: (entry) => this.#happened(entry),
        room: (room) => this.#counted(room),
        roomLeft: (room) => {
          if (this.#rooms.left(room)) this.#watcher.reordered(this.talks.shown);
        },
        caughtUp: (count) => {
          this.#watcher.caughtUp(count);
          // The server has now said who is online.
          this.#watcher.listed();
        },
        presence: () => this.#people(this.#conversation.online),
        commands: () => this.#watcher.listed(),
      },
    });
  }

  /** The login form answers questions about name and password. Other questions come from plugins and commands. */
  async #ask(question: Ask, gone: AbortSignal): Promise<Step | undefined> {
    const isNewPassword = question.question.startsWith('new-password');
    if (isNewPassword && question.because === 'reset') this.#resets = true;
    const isFilledIn = FILLED_IN.has(question.question) && !(isNewPassword && this.#resets);
    if (!this.isConnected && isFilledIn) return undefined;
    const text = await this.#watcher.ask(question, gone);
    return text === undefined ? undefined : { type: 'answer', text };
  }

  #people(names: readonly string[]): void {
    this.#online = new Set(names);
    this.#onlineKeys = new Set(names.map(nameKey));
    this.#watcher.listed();
  }

  /** Whether a name is the user's own. */
  #isMe(name: string): boolean {
    return nameKey(name) === nameKey(this.#name);
  }

  #counted(room: KnownRoom): void {
    const { talk, movedFrom } = this.#rooms.listed(room);
    const { unread, mentions, marker } = room;
    if (!this.#reading.isAhead(room.id)) Object.assign(talk, { unread, mentions, marker });
    if (movedFrom !== undefined) for (const changed of [talk, movedFrom]) this.#watcher.reordered(changed);
    this.#watcher.counted(talk);
  }

  /** Something other than a message: a change of one, or what people may want to know. */
  #happened(entry: ReceivedEntry): void {
    const { id, seq = 0, kind, data, room, roomName, from, line, time } = entry;
    const talk = this.#rooms.talkOf(room, roomName, data);
    if (talk === undefined) return;
    if (kind === 'gap') {
      // What is shown would look as if nothing came after it. It can be loaded again.
      this.talks.dropStored(talk);
      const { before } = Object(data) as { readonly before?: unknown };
      if (typeof before === 'number') talk.gapBefore = before;
      this.#watcher.reordered(talk);
      return;
    }
    const change = changeIn(entry);
    if (change !== undefined) this.#change(change);
    // A plugin's change of something that is shown without its view is told in words.
    const target = change?.kind === 'other' ? this.talks.find(change.id) : undefined;
    const isShown = change !== undefined && (change.kind !== 'other' || views.peek().has(target?.kind ?? ''));
    if (isShown || line === undefined || id < (talk.gapBefore ?? 0)) return;
    const text = line.replace(/^#\S+ (\*server\*: )?/, '');
    this.#watcher.added(
      talk,
      this.talks.add(talk, { id: id || undefined, seq, from, mine: true, text, time: +time, isNote: true, kind, data }),
      true,
    );
  }

  /** Applies the user's own change to an entry of a plugin. */
  changeOf(id: number, kind: string, data: unknown): void {
    this.#change({ id, kind: 'other', change: { kind, from: this.#name, data } });
  }

  /** Applies a change to a message, if it is listed. */
  #change(change: Change): void {
    for (const entry of this.talks.copies(change.id)) {
      applyTo(entry, change);
      this.#watcher.changed(entry);
    }
    this.talks.touch();
  }

  #received(message: Received): void {
    const { id, seq, from, text, form, reply, time, waited } = message;
    // Stored together with the message, so that it is not new after a reload.
    const { seen } = this.#remembered;
    if (id > 0) this.#remembered = { ...this.#remembered, seen: { id, time: Math.max(+time, seen?.time ?? 0) } };
    const mine = this.#isMe(from);
    const talk = this.talks.open(this.#rooms.recipientsOf(message));
    if (mine && this.#outgoing.returned(talk, message)) return;
    // Where the server counts what is unread, its count follows.
    const mentionsMe = !mine && isMentionOf(message, this.#name);
    if (!mine) talk.unread++;
    if (mentionsMe) talk.mentions++;
    const stored = id > 0 ? { id, seq } : {};
    const received = { ...stored, from, mine, text, form, reply, mentionsMe, time: +time };
    // One that is sent although it is in a gap is loaded with the others there.
    const isInGap = id > 0 && id < (talk.gapBefore ?? 0);
    const entry = isInGap ? { ...received, key: 0 } : this.talks.add(talk, received);
    this.#rooms.added(message, talk, entry);
    this.#watcher.added(talk, entry, waited);
  }
}
