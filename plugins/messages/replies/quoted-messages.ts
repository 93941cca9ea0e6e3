import { type Entry, excerpt, isMessage, type MessageLog, type Quotes, spokenBy } from 'chatserv';

/** How many messages are kept ready between their reading and the lines that quote them. */
const READY = 1000;

/** How many edits of a message are looked at for its present text. */
const CHANGES = 1000;

const GONE = 'an earlier message';
const DELETED = 'deleted message';

/** Quotes messages as they are now: with the text of the last edit, and without one that was deleted. `note` keeps them so. */
export class QuotedMessages implements Quotes {
  readonly #log: MessageLog;
  readonly #length: number;
  /** Quotes by id, the one that was loaded last at the end. */
  readonly #quotes = new Map<number, string>();
  /** How many reads of each message are under way. */
  readonly #reading = new Map<number, number>();
  /** Messages that changed while they were being read. */
  readonly #stale = new Set<number>();

  /** @param length the longest quote, in characters */
  constructor(log: MessageLog, length: number) {
    this.#log = log;
    this.#length = length;
  }

  of(id: number): string {
    return this.#quotes.get(id) ?? GONE;
  }

  async load(ids: readonly number[]): Promise<void> {
    const unique = [...new Set(ids)];
    const known = unique.filter((id) => this.#quotes.has(id));
    // Purging and trimming append nothing that `note` could take.
    const gone = known.length === 0 ? [] : await this.#log.missing(known).catch(() => known);
    for (const id of gone) this.#quotes.delete(id);
    await Promise.all(unique.map((id) => this.#load(id)));
  }

  note(entries: readonly Entry[]): void {
    for (const { of, kind } of entries) {
      if (of === undefined) continue;
      if (this.#reading.has(of)) this.#stale.add(of);
      if (!this.#quotes.has(of)) continue;
      if (kind === 'redaction') this.#quotes.set(of, DELETED);
      else if (kind === 'edit') this.#quotes.delete(of);
    }
  }

  async #load(id: number): Promise<void> {
    const known = this.#quotes.get(id);
    if (known !== undefined) {
      this.#quotes.delete(id);
      this.#quotes.set(id, known);
      return;
    }
    this.#reading.set(id, (this.#reading.get(id) ?? 0) + 1);
    let quote: string | undefined;
    do {
      this.#stale.delete(id);
      quote = await this.#read(id).catch(() => undefined);
    } while (this.#stale.has(id));
    const others = (this.#reading.get(id) ?? 1) - 1;
    if (others > 0) this.#reading.set(id, others);
    else this.#reading.delete(id);
    this.#quotes.delete(id);
    if (quote === undefined) return;
    this.#quotes.set(id, quote);
    for (const oldest of this.#quotes.keys()) {
      if (this.#quotes.size <= READY) break;
      this.#quotes.delete(oldest);
    }
  }

  async #read(id: number): Promise<string | undefined> {
    const [entry, edits] = await Promise.all([this.#log.get(id), this.#log.changes([id], CHANGES, 'edit')]);
    if (entry === undefined || !isMessage(entry)) return undefined;
    if (entry.redacted) return DELETED;
    return spokenBy(entry.from, `"${excerpt(presentText(entry, edits), this.#length)}"`, entry.kind === 'action');
  }
}

/** The text of a message after its edits. */
function presentText({ body }: Entry, edits: readonly Entry[]): string {
  const edit = edits.at(-1);
  if (edit === undefined || edit.redacted) return body;
  const { text }: { readonly text?: unknown } = Object(JSON.parse(edit.body));
  return typeof text === 'string' ? text : body;
}
