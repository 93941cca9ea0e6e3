import { type Conversation, commandOf, historyIn, type Received, type ReceivedEntry } from 'chatserv/client';
import { applyTo, changeIn } from './changes.ts';
import { type Entry, placeOf, type Talk } from './talk.ts';
import type { Talks } from './talks.ts';

/** How many messages to load at once. */
const PAGE = 50;

/** A page of the history, as it is listed. */
interface ListedPage {
  readonly entries: Entry[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

/** Where a page begins. */
type Side = { readonly side: 'before' | 'after' | 'around'; readonly id: number } | Record<never, never>;

/** Loads messages from the server's history, where it keeps one. */
export class History {
  readonly #talks: Talks;
  readonly #conversation: () => Conversation;
  readonly #isMine: (name: string) => boolean;

  constructor(talks: Talks, conversation: () => Conversation, isMine: (name: string) => boolean) {
    this.#talks = talks;
    this.#conversation = conversation;
    this.#isMine = isMine;
  }

  /** Whether the server keeps a history. */
  get exists(): boolean {
    return commandOf('history', this.#conversation().commands) !== undefined;
  }

  /**
   * Loads the page before a conversation's oldest message, unless one is being loaded or there is none.
   * @returns whether messages were added
   */
  async loadEarlier(talk: Talk): Promise<boolean> {
    const { excerpt } = talk;
    if ((excerpt ?? talk).hasEarlier === false || talk.isLoading || !this.exists) return false;
    const oldest = (excerpt ?? talk).entries.find(({ id }) => id !== undefined)?.id;
    const page = await this.#load(talk, PAGE, oldest === undefined ? {} : { side: 'before', id: oldest });
    if (page === undefined || talk.excerpt !== excerpt) return false;
    (excerpt ?? talk).hasEarlier = page.hasEarlier;
    if (excerpt === undefined) return this.#talks.prepend(talk, page.entries) > 0;
    excerpt.entries.unshift(...page.entries);
    return page.entries.length > 0;
  }

  /** Loads the page after an excerpt, which ends where it reaches the latest messages. @returns whether messages were added */
  async loadLater(talk: Talk): Promise<boolean> {
    const { excerpt } = talk;
    const newest = excerpt?.entries.at(-1)?.id;
    if (excerpt === undefined || newest === undefined || !excerpt.hasLater || talk.isLoading) return false;
    const page = await this.#load(talk, PAGE, { side: 'after', id: newest });
    if (page === undefined || talk.excerpt !== excerpt) return false;
    excerpt.entries.push(...page.entries);
    excerpt.hasLater = page.hasLater;
    this.#join(talk);
    return true;
  }

  /** Loads what this device was not sent: entries that the user's own commands have made. @returns whether there were any */
  async loadLatest(talk: Talk): Promise<boolean> {
    const newest = talk.entries.findLast(({ id }) => id !== undefined)?.id;
    if (!this.exists || talk.isLoading) return false;
    const page = await this.#load(talk, PAGE, newest === undefined ? {} : { side: 'after', id: newest });
    return page !== undefined && this.#talks.merge(talk, page.entries) > 0;
  }

  /** Shows the messages around one that is not listed. @returns whether the server has it */
  async loadAround(talk: Talk, id: number): Promise<boolean> {
    talk.isLoading = false;
    const page = await this.#load(talk, PAGE, { side: 'around', id });
    if (page === undefined || !page.entries.some((entry) => entry.id === id)) return false;
    talk.excerpt = page;
    this.#join(talk);
    return true;
  }

  /** Shows the messages around the first one past a number within the room. @returns that one; undefined if it was not found */
  async loadPast(talk: Talk, seq: number): Promise<Entry | undefined> {
    const page = await this.#find(talk, seq);
    if (page === undefined) return undefined;
    talk.excerpt = page;
    this.#join(talk);
    return page.entries.find((entry) => isPast(entry, seq));
  }

  /**
   * Finds the page with the first message past a number. Pages are asked for by ids, which rise with the numbers but not
   * evenly: guesses by the numbers, and every other time halves what is left.
   */
  async #find(talk: Talk, seq: number): Promise<ListedPage | undefined> {
    let [low, high] = [
      { id: 0, seq: 0 },
      { id: 0, seq: 0 },
    ];
    let side: Side = {};
    for (let isGuess = true; ; isGuess = !isGuess) {
      const page = await this.#load(talk, PAGE, side);
      const [first, last] = [page?.entries[0], page?.entries.at(-1)];
      if (page === undefined || first === undefined || last === undefined) return undefined;
      const isBelow = !isPast(first, seq);
      const isAbove = isPast(last, seq);
      if (isAbove && (isBelow || !page.hasEarlier)) return page;
      // All was read meanwhile.
      if (!isAbove && !page.hasLater) return undefined;
      const { id = 0, seq: number = 0 } = isAbove ? first : last;
      if (isAbove) high = { id, seq: number };
      else low = { id, seq: number };
      const share = isGuess ? (seq - low.seq) / (high.seq - low.seq) : 0.5;
      side = { side: 'around', id: Math.max(low.id + 1, low.id + Math.round(share * (high.id - low.id))) };
    }
  }

  /** An excerpt that has reached the latest messages becomes their beginning. */
  #join(talk: Talk): void {
    const { excerpt } = talk;
    if (excerpt === undefined || excerpt.hasLater) return;
    talk.excerpt = undefined;
    talk.hasEarlier = excerpt.hasEarlier;
    talk.isReadBack = true;
    const latest = excerpt.entries.at(-1)?.id ?? 0;
    const later = talk.entries.filter(({ id }) => id === undefined || id > latest);
    talk.entries.splice(0, talk.entries.length);
    this.#talks.prepend(talk, [...excerpt.entries, ...later]);
  }

  async #load(talk: Talk, count: number, side: Side): Promise<ListedPage | undefined> {
    talk.isLoading = true;
    try {
      const { facts } = await this.#conversation().command('history', { place: placeOf(talk.to), count, ...side });
      const { entries, changes, hasEarlier, hasLater } = historyIn(facts);
      const shown = entries.filter((event) => 'text' in event || event.line !== undefined);
      const loaded = this.#talks.keyed(shown.map((event) => this.#entryOf(event)));
      const byId = new Map(loaded.map((entry) => [entry.id, entry]));
      // Of several edits the last one counts.
      for (const change of changes.map(changeIn)) {
        const entry = change && byId.get(change.id);
        if (change !== undefined && entry !== undefined && entry.change !== 'removed') applyTo(entry, change);
      }
      return { entries: loaded, hasEarlier, hasLater };
    } catch {
      // The connection was lost, or the server refuses: nothing is missing that was shown before.
      return undefined;
    } finally {
      talk.isLoading = false;
    }
  }

  #entryOf(event: Received | ReceivedEntry): Omit<Entry, 'key'> {
    const { id, seq, from, time } = event;
    const past = { id, seq, from, mine: this.#isMine(from), time: time.getTime() };
    if ('text' in event) {
      // One without a text was deleted.
      return event.text === ''
        ? { ...past, text: '', change: 'removed' }
        : { ...past, text: event.text, form: event.form, reply: event.reply };
    }
    const { line = '', kind, data } = event;
    return { ...past, text: line.replace(/^#\S+ (\*server\*: )?/, ''), isNote: true, kind, data };
  }
}

/** Whether a message comes after a number within its room. */
function isPast({ seq: own = 0 }: Entry, seq: number): boolean {
  return own > seq;
}
