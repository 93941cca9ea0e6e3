import type { Entry, Ignored, MessageLog, Place } from 'chatserv';

/** The id next to a page, and on which side of it the page is. */
export interface Anchor {
  readonly side: 'before' | 'after' | 'around';
  readonly id: number;
}

/** Messages in a row, oldest first. */
export interface Page {
  readonly entries: readonly Entry[];
  /** Whether there are messages before and after them. */
  readonly more: { readonly before: boolean; readonly after: boolean };
}

/** Reads what an account may read of a room, without what it hides from itself. */
export class Pages {
  readonly #log: MessageLog;
  readonly #place: Place;
  readonly #ignored: Ignored | undefined;

  constructor(log: MessageLog, place: Place, ignored?: Ignored) {
    this.#log = log;
    this.#place = place;
    this.#ignored = ignored;
  }

  /** Reads a page of up to `count` entries that count as unread: the latest ones, or those beside an id. */
  async page(count: number, anchor?: Anchor): Promise<Page> {
    if (anchor === undefined) {
      const { found, more } = await this.#below(Number.MAX_SAFE_INTEGER, count);
      return { entries: found, more: { before: more, after: false } };
    }
    const { side, id } = anchor;
    if (side === 'before') {
      const { found, more } = await this.#below(id, count);
      return { entries: found, more: { before: more, after: (await this.#above(found.at(-1)?.id ?? id - 1, 0)).more } };
    }
    if (side === 'after') {
      const { found, more } = await this.#above(id, count);
      return { entries: found, more: { before: (await this.#below(found[0]?.id ?? id + 1, 0)).more, after: more } };
    }
    const [older, newer] = await Promise.all([
      this.#below(id, Math.floor(count / 2)),
      this.#above(id - 1, Math.ceil(count / 2)),
    ]);
    return { entries: [...older.found, ...newer.found], more: { before: older.more, after: newer.more } };
  }

  /** The entries that change one of these, as far as the account may read them. */
  async changes(entries: readonly Entry[], limit: number): Promise<readonly Entry[]> {
    const ids = entries.map(({ id }) => id);
    const first = await this.#log.changes(ids, limit);
    // Many reactions must not hide what a message says now.
    const edits = first.length < limit ? [] : await this.#log.changes(ids, limit, 'edit');
    const changes = [...new Map([...edits, ...first].map((change) => [change.id, change])).values()].slice(0, limit);
    const { spans } = this.#place;
    const isReadable = (id: number) => spans.some(({ since, until }) => since < id && (until === 0 || id < until));
    const shown = changes.filter(
      (entry) => entry.redacted !== true && isReadable(entry.id) && this.#ignored?.hides(entry) !== true,
    );
    return shown.sort((a, b) => a.id - b.id);
  }

  async #below(before: number, count: number): Promise<{ found: Entry[]; more: boolean }> {
    const found: Entry[] = [];
    for (const { since, until } of this.#place.spans.toReversed()) {
      const end = Math.min(before, until || Number.MAX_SAFE_INTEGER);
      const left = count + 1 - found.length;
      if (left > 0 && since < end) found.unshift(...(await this.#read(since, end, left, 'latest')));
    }
    return { found: count === 0 ? [] : found.slice(-count), more: found.length > count };
  }

  async #above(after: number, count: number): Promise<{ found: Entry[]; more: boolean }> {
    const found: Entry[] = [];
    for (const { since, until } of this.#place.spans) {
      const [start, end] = [Math.max(after, since), until || Number.MAX_SAFE_INTEGER];
      const left = count + 1 - found.length;
      if (left > 0 && start < end) found.push(...(await this.#read(start, end, left, 'oldest')));
    }
    return { found: found.slice(0, count), more: found.length > count };
  }

  #read(after: number, before: number, limit: number, from: 'oldest' | 'latest'): Promise<readonly Entry[]> {
    const { id, kind } = this.#place.room;
    const except = this.#ignored?.sendersIn(kind);
    return this.#log.history(id, { after, before, limit, from, counting: true, except });
  }
}
