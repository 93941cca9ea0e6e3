import { randomUUID } from 'node:crypto';
import { type IdempotencyKey, type Message, type MessageDraft, withoutControls } from 'chatserv';

/** A part of a message, as its client sent it in a line of its own. */
export interface Part {
  readonly text: string;
  /** Whether it continues the line of the part before. */
  readonly isContinued: boolean;
}

/** What a client said about a message that the message itself does not hold. */
export interface Extras {
  /** The client-only tags, by key with `+`. */
  readonly tags: ReadonlyMap<string, string>;
  /** The parts, if it was sent in several. */
  readonly parts?: readonly Part[] | undefined;
}

/** How many messages are remembered with what their clients said about them. */
const REMEMBERED = 5000;

/**
 * What IRC clients say about messages, until others are shown them and for a while after. A message is told from others
 * by the key of its command, and then by its sender, time and text.
 */
export class MessageExtras {
  /** By the keys of commands. */
  readonly #sent = new Map<string, Extras>();
  readonly #posted = new Map<string, Extras>();
  readonly #byId = new Map<number, Extras>();

  /** Remembers what was said about a message that is about to be sent. @returns the key for its command */
  hold(extras: Extras): IdempotencyKey {
    const key = `irc-${randomUUID()}`;
    remember(this.#sent, key, extras);
    return { key, retry: false };
  }

  /** Whether something was said about a draft. */
  knows({ once }: Readonly<MessageDraft>): boolean {
    return once !== undefined && this.#sent.has(once.key);
  }

  /** A message has its final text. */
  posted({ once, from, time, text }: MessageDraft): void {
    const extras = once && this.#sent.get(once.key);
    if (once === undefined || extras === undefined) return;
    this.#sent.delete(once.key);
    remember(this.#posted, keyOf(from.id, time, text), extras);
  }

  /** What was said about a message. */
  of({ id, from, time, text }: Pick<Message, 'id' | 'from' | 'time' | 'text'>): Extras | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined || this.#posted.size === 0) return known;
    const key = keyOf(from.id, time, text);
    const extras = this.#posted.get(key);
    if (extras === undefined || id === 0) return extras;
    this.#posted.delete(key);
    remember(this.#byId, id, extras);
    return extras;
  }
}

function keyOf(sender: number, time: number, text: string): string {
  return `${sender} ${time} ${withoutControls(text)}`;
}

/** Adds to a map, and forgets its oldest entry if it has too many. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= REMEMBERED) break;
    map.delete(oldest);
  }
}
