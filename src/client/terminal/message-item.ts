import type { Received } from '../owner.ts';
import type { Addressee } from './addressee.ts';
import type { MessageChange } from './message-commands.ts';

/** How a message came to be on the screen: typed here, sent by others or from another device, or loaded. */
export type Origin = 'here' | 'elsewhere' | 'history';

/** A message of a window, as it is now: with its edits and reactions. */
export class MessageItem {
  readonly message: Received;
  readonly origin: Origin;
  /** The recipients, if it was typed here. */
  readonly to: Addressee | undefined;
  #text: string;
  #editedBy = 0;
  #isDeleted: boolean;
  /** Who reacted with what, in the order of the first reaction. */
  #reactions: Map<string, Set<string>> | undefined;

  constructor(message: Received, origin: Origin, to?: Addressee) {
    this.message = message;
    this.origin = origin;
    this.to = to;
    this.#text = message.text;
    this.#isDeleted = 'redacted' in message;
  }

  get id(): number {
    return this.message.id;
  }

  get isDeleted(): boolean {
    return this.#isDeleted;
  }

  /** The text as it is now. */
  get text(): string {
    if (this.#isDeleted) return '(deleted)';
    return this.#editedBy > 0 ? `${this.#text} (edited)` : this.#text;
  }

  /** The reactions, each with its number if there are several: `👍 2 ❤️`. */
  get reactions(): string {
    if (this.#isDeleted || this.#reactions === undefined) return '';
    const counted = [...this.#reactions].filter(([, names]) => names.size > 0);
    return counted.map(([emoji, { size }]) => (size === 1 ? emoji : `${emoji} ${size}`)).join('  ');
  }

  /** Applies an edit, a deletion or a reaction. @returns whether it is one */
  change({ id, kind, from, data }: MessageChange): boolean {
    const { text, emoji, on } = Object(data);
    if (kind === 'redaction') {
      this.#isDeleted = true;
      return true;
    }
    if (kind === 'edit' && typeof text === 'string') {
      if (id >= this.#editedBy) [this.#text, this.#editedBy] = [text, id];
      return true;
    }
    if (kind !== 'reaction' || typeof emoji !== 'string') return false;
    this.#reactions ??= new Map();
    const names = this.#reactions.get(emoji) ?? new Set();
    if (on === false) names.delete(from);
    else names.add(from);
    this.#reactions.set(emoji, names);
    return true;
  }
}
