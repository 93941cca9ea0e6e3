import { signal } from '@preact/signals';
import type { Entry, Talk } from './talk.ts';

/** What was unread when a conversation was opened. */
interface Unread {
  readonly count: number;
  /** The key of the last message at that time. */
  readonly last: number | undefined;
  /** The number within the room after which they come, if it is known. */
  readonly after: number | undefined;
}

/** What is new in the open conversation. */
export class News {
  /** The key of the first new message, which follows a divider. */
  readonly first = signal<number | undefined>(undefined);
  /** What was unread, until the user has gone there or sent it away. */
  readonly unread = signal<Unread | undefined>(undefined);

  #isListed = false;

  /** A conversation is opened. @param count how many of its messages are unread */
  open(talk: Talk, count: number): void {
    const { key: last, seq } = talk.entries.at(-1) ?? {};
    const after = talk.marker ?? (seq === undefined ? undefined : seq - count);
    this.unread.value = count > 0 ? { count, last, after } : undefined;
    this.mark(talk, count, last);
    // All that is listed is new: there is nothing to divide it from.
    if (this.first.peek() === talk.entries[0]?.key) this.first.value = undefined;
  }

  /** Whether all that was unread is listed. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** The first message that was unread is in sight: there is no need to go there. */
  seen(): void {
    if (this.#isListed) this.unread.value = undefined;
  }

  /** Divides the latest messages that were unread from those before. @param last the key of the last of them */
  mark({ entries }: Talk, count: number, last: number | undefined): void {
    let left = count;
    let first: Entry | undefined;
    for (let at = entries.findLastIndex(({ key }) => key === last); at >= 0 && left > 0; at--) {
      const entry = entries[at];
      if (entry === undefined || !isCounted(entry)) continue;
      first = entry;
      left--;
    }
    this.first.value = first?.key;
    this.#isListed = left === 0;
  }
}

/** Whether a message counts as unread for those who receive it. */
function isCounted({ mine, isNote, seq = 1 }: Entry): boolean {
  return isNote ? seq > 0 : !mine;
}
