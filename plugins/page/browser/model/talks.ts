import { place } from './order.ts';
import {
  type Entry,
  EVERYONE,
  isRoom,
  type Note,
  newTalk,
  type Recipients,
  shownIn,
  type Talk,
  talkKey,
} from './talk.ts';

/** The part of a conversation that is stored. */
export type KeptTalk = Pick<Talk, 'to' | 'entries' | 'unread' | 'draft'>;

/** How much is shown, and stored on the device: messages of one conversation, and rooms and conversations. */
const MOST = { entries: 300, talks: 300 };

/** How many messages of a conversation stay on the page while its user reads earlier ones. */
const READ_BACK = 12_000;

/** How many answers of the page are shown in one conversation. */
const NOTES = 50;

/** Puts `#room-2` before `#room-10`. */
const BY_NAME = new Intl.Collator(undefined, { numeric: true });

/** The size of a message besides its text, in characters. */
const ENTRY_SIZE = 150;

/** All conversations of an account on this page. Calls `changed` for each change. */
export class Talks {
  readonly #talks = new Map<string, Talk>();
  readonly #changed: () => void;
  #shown: string;
  #keys = 0;

  /** @param shown the key of the conversation that was open when they were stored */
  constructor(changed: () => void, kept: readonly KeptTalk[] = [], shown = EVERYONE) {
    this.#changed = changed;
    this.#shown = shown;
    this.open('everyone');
    for (const { to, entries, unread, draft } of kept) {
      const talk = this.open(to);
      for (const entry of entries.slice(-MOST.entries)) place(talk.entries, this.#revived(entry));
      Object.assign(talk, { unread, draft });
    }
  }

  get everyone(): Talk {
    return this.open('everyone');
  }

  /** The open conversation. A reload restores it, so that nobody writes to the wrong one. */
  get shown(): Talk {
    return this.#talks.get(this.#shown) ?? this.everyone;
  }

  set shown({ key }: Talk) {
    this.#shown = key;
    this.#changed();
  }

  get(key: string): Talk | undefined {
    return this.#talks.get(key);
  }

  /** The message with this id, if it is listed. */
  find(id: number): Entry | undefined {
    for (const { entries } of this.#talks.values()) {
      const found = entries.findLast((entry) => entry.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** All copies of the message with this id: an excerpt has its own. */
  copies(id: number): Entry[] {
    const found: Entry[] = [];
    for (const { entries, excerpt } of this.#talks.values()) {
      for (const list of [entries, excerpt?.entries ?? []]) {
        const entry = list.findLast((one) => one.id === id);
        if (entry !== undefined && !found.includes(entry)) found.push(entry);
      }
    }
    return found;
  }

  /** Makes entries of events that are not listed. */
  keyed(events: readonly Omit<Entry, 'key'>[]): Entry[] {
    return events.map((event) => ({ ...event, key: ++this.#keys }));
  }

  /** The conversation with these people, created if there is none. */
  open(to: Recipients): Talk {
    const key = talkKey(to);
    const existing = this.#talks.get(key);
    if (existing !== undefined) return existing;
    const talk = newTalk(to);
    this.#talks.set(key, talk);
    return talk;
  }

  /** Adds an answer of the page after the latest message. */
  note(talk: Talk, note: Omit<Note, 'key' | 'after'>): void {
    const after = shownIn(talk).at(-1)?.key ?? 0;
    talk.notes = [...talk.notes, { ...note, key: ++this.#keys, after }].slice(-NOTES);
  }

  /** Adds a message, and drops the oldest ones beyond the limit. */
  add(talk: Talk, entry: Omit<Entry, 'key'>): Entry {
    const added = { ...entry, key: ++this.#keys };
    place(talk.entries, added);
    const most = talk.isReadBack ? READ_BACK : MOST.entries;
    if (talk.entries.length > most) {
      talk.entries.splice(0, talk.entries.length - most);
      talk.hasEarlier = undefined;
      talk.gapBefore = talk.entries.find(({ id }) => id !== undefined)?.id;
    }
    this.#changed();
    return added;
  }

  /** A listed message has got its id: it takes its place. It was stored before those that come after it. */
  settle(talk: Talk, entry: Entry, id: number): void {
    entry.id = id;
    const next = talk.entries.find((other) => other.id !== undefined && other.id > id);
    entry.time = Math.min(entry.time, next?.time ?? entry.time);
    this.move([entry], talk, talk);
  }

  /** Adds messages that the server has, without those that are there already. @returns how many were added */
  merge(talk: Talk, loaded: readonly Entry[]): number {
    const known = new Set(talk.entries.map(({ id }) => id));
    const added = loaded.filter(({ id }) => !known.has(id));
    for (const entry of added) place(talk.entries, entry);
    if (added.length > 0) this.#changed();
    return added.length;
  }

  /** Adds earlier messages before the others, without those that are there already. @returns how many were added */
  prepend(talk: Talk, earlier: readonly Entry[]): number {
    const known = new Set(talk.entries.map(({ id }) => id));
    const added = earlier.filter(({ id }) => !known.has(id));
    talk.entries.unshift(...added);
    if (added.length > 0) this.#changed();
    return added.length;
  }

  /** Drops the messages that are stored on the server, which has others between them and the next one. */
  dropStored(talk: Talk): void {
    talk.entries.splice(0, talk.entries.length, ...talk.entries.filter(({ id }) => id === undefined));
    talk.hasEarlier = undefined;
    this.#changed();
  }

  /** A conversation has changed. */
  touch(): void {
    this.#changed();
  }

  /** Removes a conversation, such as a room that the user has left. */
  close(talk: Talk): void {
    this.#talks.delete(talk.key);
    this.#changed();
  }

  remove(talk: Talk, entry: Entry): void {
    const at = talk.entries.indexOf(entry);
    if (at >= 0) talk.entries.splice(at, 1);
    this.#changed();
  }

  /**
   * Moves messages to their place in the conversation that they belong to, unless they are listed there already or are in
   * its gap. The one they were shown in goes, if it is not open and has no others.
   */
  move(entries: readonly Entry[], from: Talk, to: Talk): void {
    for (const entry of entries) {
      this.remove(from, entry);
      if (entry.id === undefined) place(to.entries, entry);
      else if (entry.id >= (to.gapBefore ?? 0)) this.merge(to, [entry]);
    }
    if (from !== to && from.entries.length === 0 && from.draft === '' && this.#shown !== from.key) this.close(from);
  }

  /** Rooms, by name. */
  rooms(): Talk[] {
    const rooms = [...this.#talks.values()].filter(({ to }) => isRoom(to));
    return rooms.sort((a, b) => BY_NAME.compare(a.key, b.key));
  }

  /** The conversations with people that the server has listed, or that have messages, unread ones or a draft, the latest first. */
  spoken(): Talk[] {
    return [...this.#talks.values()]
      .filter(({ key, to, entries, room, unread, draft }) => {
        const isInUse = room !== undefined || entries.length > 0 || unread > 0 || draft !== '';
        return key !== EVERYONE && !isRoom(to) && isInUse;
      })
      .sort(laterFirst);
  }

  /** How many messages to notify of are unread; of a conversation with the level `mentions`, those that mention the user. */
  unread(): number {
    let sum = 0;
    for (const { unread, mentions, level = 'all' } of this.#talks.values()) {
      sum += level === 'all' ? unread : level === 'mentions' ? mentions : 0;
    }
    return sum;
  }

  /** What to store: the last messages of the latest conversations. @param room how many characters */
  kept(room: number): KeptTalk[] {
    let left = room;
    const others = [...this.rooms(), ...this.spoken()].sort(laterFirst).slice(0, MOST.talks);
    return [this.everyone, ...others].map(({ to, entries: all, unread, draft }) => {
      const entries = all.slice(-MOST.entries);
      // A busy conversation must not take the space of the others.
      const share = Math.min(left, room / 4);
      const written = draft.length <= share ? draft : '';
      let [size, first] = [written.length, entries.length];
      for (; first > 0; first--) {
        const more = ENTRY_SIZE + (entries[first - 1]?.text.length ?? 0);
        if (size + more > share) break;
        size += more;
      }
      left -= size;
      return { to, entries: entries.slice(first), unread, draft: written };
    });
  }

  /** A message from before the page was loaded. One that was being sent then may have arrived or not. */
  #revived(entry: Entry): Entry {
    const revived = { ...entry, key: ++this.#keys };
    if (entry.state !== 'waiting') return revived;
    return { ...revived, state: 'failed', isInDoubt: true, remark: 'The page was closed before this was confirmed.' };
  }
}

/** Compares conversations by their last messages. Those without any keep the order in which the server has listed them. */
function laterFirst(a: Talk, b: Talk): number {
  return lastTime(b) - lastTime(a);
}

function lastTime({ entries, unread, draft }: Talk): number {
  return entries.at(-1)?.time ?? (unread > 0 || draft !== '' ? Number.MAX_VALUE : 0);
}
