import type { Conversation } from 'chatserv/client';
import { commandOf } from 'chatserv/client';
import { changed, changeIn } from './changes.ts';
import { type Entry, placeOf, type Talk, type Talks } from './talks.ts';

/** How many messages to load at once. */
const PAGE = 50;

/** An event in the facts of `history`. */
interface PastEvent {
  readonly type: 'message' | 'entry';
  readonly id: number;
  readonly from: string;
  readonly text?: string;
  readonly line?: string;
  readonly redacted?: boolean;
  readonly reply?: number;
  readonly time: string;
}

/** Loads earlier messages from the server, where it keeps them. */
export class Earlier {
  readonly #talks: Talks;
  readonly #conversation: () => Conversation;
  readonly #isMine: (name: string) => boolean;

  constructor(talks: Talks, conversation: () => Conversation, isMine: (name: string) => boolean) {
    this.#talks = talks;
    this.#conversation = conversation;
    this.#isMine = isMine;
  }

  /**
   * Loads the page before a conversation's oldest message, unless one is being loaded or there is none.
   * @returns the messages that were added before the others
   */
  async load(talk: Talk): Promise<readonly Entry[]> {
    const { commands } = this.#conversation();
    if (talk.hasEarlier === false || talk.isLoading || commandOf('history', commands) === undefined) return [];
    talk.isLoading = true;
    try {
      const oldest = talk.entries.find(({ id }) => id !== undefined)?.id;
      const before = oldest === undefined ? {} : { side: 'before', id: oldest };
      const { facts } = await this.#conversation().command('history', {
        place: placeOf(talk.to),
        count: PAGE,
        ...before,
      });
      const { entries, changes, more } = (facts ?? {}) as Record<string, unknown>;
      talk.hasEarlier = (Object(more) as { before?: unknown }).before === true;
      const events = Array.isArray(entries) ? entries.filter(isPast) : [];
      // Of several edits the last one counts.
      const made = Array.isArray(changes) ? changes.map(changeIn).filter((change) => change !== undefined) : [];
      const byId = new Map(made.map((change) => [change.id, changed(change)]));
      return this.#talks.prepend(
        talk,
        events.map((event) => ({ ...this.#entryOf(event), ...byId.get(event.id) })),
      );
    } catch {
      // The connection was lost, or the server refuses: nothing is missing that was shown before.
      return [];
    } finally {
      talk.isLoading = false;
    }
  }

  #entryOf({ type, id, from, text = '', line = '', redacted, reply, time }: PastEvent): Omit<Entry, 'key'> {
    const past = { id, from, mine: this.#isMine(from), time: Date.parse(time) };
    if (redacted) return { ...past, ...changed({ id, text: undefined }) };
    return type === 'message' ? { ...past, text, reply } : { ...past, text: line, isNote: true };
  }
}

function isPast(event: unknown): event is PastEvent {
  const { type, id, from, text, line, time } = Object(event) as Record<string, unknown>;
  const isShown = type === 'message' ? typeof text === 'string' : type === 'entry' && typeof line === 'string';
  return isShown && Number.isSafeInteger(id) && typeof from === 'string' && !Number.isNaN(Date.parse(String(time)));
}
