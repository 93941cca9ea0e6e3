import type { Entry, Ignored, MessageLog, Place } from 'chatserv';
import { NO_ID } from './search.ts';

/** How many entries are read at a time, and how many times: more of them in a row are not shown to anybody. */
const PAGE = 200;
const PAGES = 50;

/** A part of a room's history, between two ids. */
export interface Range {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  /** From which end. */
  readonly from: 'oldest' | 'latest';
}

/** What an account can read of a room. */
export class HistoryReader {
  readonly #log: MessageLog;
  readonly #place: Place;
  readonly #ignored: Ignored | undefined;
  readonly #shows: (entry: Entry) => boolean;

  /** @param shows whether an entry is shown at all */
  constructor(log: MessageLog, place: Place, ignored: Ignored | undefined, shows: (entry: Entry) => boolean) {
    this.#log = log;
    this.#place = place;
    this.#ignored = ignored;
    this.#shows = shows;
  }

  /** Up to `limit` entries that are shown, oldest first. */
  async read({ after = 0, before = NO_ID, limit, from }: Range): Promise<Entry[]> {
    const { spans } = this.#place;
    const isOldest = from === 'oldest';
    const found: Entry[] = [];
    for (const { since, until } of isOldest ? spans : spans.toReversed()) {
      let [low, high] = [Math.max(after, since), Math.min(before, until || NO_ID)];
      for (let pages = 0; pages < PAGES && low < high - 1 && found.length < limit; pages++) {
        const page = await this.#page(low, high, from);
        const shown = page.filter((entry) => this.#shows(entry) && this.#ignored?.hides(entry) !== true);
        const left = limit - found.length;
        if (isOldest) found.push(...shown.slice(0, left));
        else found.unshift(...shown.slice(-left));
        if (page.length < PAGE) break;
        if (isOldest) low = page.at(-1)?.id ?? high;
        else high = page[0]?.id ?? low;
      }
    }
    return found;
  }

  #page(after: number, before: number, from: 'oldest' | 'latest'): Promise<readonly Entry[]> {
    const { id, kind } = this.#place.room;
    return this.#log.history(id, { after, before, limit: PAGE, from, except: this.#ignored?.sendersIn(kind) });
  }
}
