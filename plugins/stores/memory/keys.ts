import type { Duplicate, SendKey } from 'chatserv';

/** A key, and the id of the first entry appended under it. */
export interface Keyed extends SendKey {
  readonly id: number;
}

/** The keys of messages, including messages that are trimmed. */
export class Keys {
  readonly #keyed = new Map<string, Keyed>();

  add({ sender, key, unknown, time, id }: Keyed): void {
    this.#keyed.set(ownKey(sender, key), { sender, key, unknown: [...unknown], time, id });
  }

  find(sender: number, key: string): Duplicate | undefined {
    const keyed = this.#keyed.get(ownKey(sender, key));
    return keyed && { duplicateOf: keyed.id, unknown: keyed.unknown };
  }

  remove({ sender, key }: SendKey): void {
    this.#keyed.delete(ownKey(sender, key));
  }

  /** All keys, oldest first. */
  all(): IterableIterator<Keyed> {
    return this.#keyed.values();
  }
}

/** A key that is unique among all senders. */
function ownKey(sender: number, key: string): string {
  return `${sender} ${key}`;
}
