import { commandOf } from '../commands.ts';
import type { Conversation } from '../conversation.ts';
import { type HistoryPage, historyIn } from '../history.ts';
import type { ReceivedEntry } from '../owner.ts';
import { RequestError } from '../requests.ts';
import { placeOf } from './addressee.ts';
import { type Render, Timeline } from './timeline.ts';
import type { Window } from './window.ts';

/** How many messages a page of the history has. */
const PAGE = 100;

/** Reasons after which a page can be asked for again. */
const PASSING: ReadonlySet<string> = new Set(['lost', 'rate', 'unexpected', 'withdrawn']);

/** Where a page begins; without it, at the end. */
type Start = { readonly side: 'before' | 'after' | 'around'; readonly id: number } | undefined;

/** Loads pages of the server's history into windows, where it keeps one. */
export class HistoryPages {
  readonly #conversation: Conversation;
  readonly #line: (entry: ReceivedEntry) => Render;
  readonly #loading = new Set<Timeline>();

  /** @param line shows an entry that is not a message */
  constructor(conversation: Conversation, line: (entry: ReceivedEntry) => Render) {
    this.#conversation = conversation;
    this.#line = line;
  }

  /** Loads the page before or after what a window shows. @returns whether it shows more now */
  async load(window: Window, side: 'before' | 'after'): Promise<boolean> {
    const { shown } = window;
    const { oldest, latest } = shown;
    const isAll = side === 'before' ? !shown.hasEarlier : !shown.hasLater;
    if (isAll || this.#loading.has(shown)) return false;
    this.#loading.add(shown);
    const id = side === 'before' ? oldest : latest;
    try {
      const page = await this.#page(window, id > 0 ? { side, id } : undefined);
      // A jump may show others meanwhile.
      if (page === undefined || window.shown !== shown) return false;
      window.load(side, page, this.#line);
      return page.entries.length > 0;
    } catch (cause) {
      if (!(cause instanceof RequestError)) throw cause;
      if (side === 'before' && !PASSING.has(cause.reason)) shown.hasEarlier = false;
      return false;
    } finally {
      this.#loading.delete(shown);
    }
  }

  /** Has a window show the messages around one. @returns whether the server has it */
  async loadAround(window: Window, id: number): Promise<boolean> {
    try {
      const page = await this.#page(window, { side: 'around', id });
      if (page === undefined || !page.entries.some((entry) => entry.id === id)) return false;
      window.showExcerpt(Timeline.of(page, this.#line));
      return true;
    } catch (cause) {
      if (!(cause instanceof RequestError)) throw cause;
      return false;
    }
  }

  async #page({ to }: Window, start: Start): Promise<HistoryPage | undefined> {
    if (commandOf('history', this.#conversation.commands) === undefined) return undefined;
    const { facts } = await this.#conversation.command('history', { place: placeOf(to), count: PAGE, ...start });
    return historyIn(facts);
  }
}
