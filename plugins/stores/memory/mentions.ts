import { type Entry, MENTIONS_MOST } from 'chatserv';
import { firstAbove } from './by-id.ts';

/** Stands for everyone in a room. */
const ALL = 0;

interface Mention {
  readonly id: number;
  readonly seq: number;
}

/** Which entries mention whom. */
export class Mentions {
  /** By account and room, in order. */
  readonly #mentions = new Map<string, Mention[]>();
  /** The keys of `#mentions` by the id of the entry. */
  readonly #keys = new Map<number, readonly string[]>();

  add({ id, room, seq }: Entry, accounts: readonly number[] = [], all = false): void {
    const keys = [...new Set(all ? [ALL, ...accounts] : accounts)].map((account) => `${account} ${room}`);
    if (keys.length === 0) return;
    this.#keys.set(id, keys);
    for (const key of keys) this.#mentions.set(key, [...(this.#mentions.get(key) ?? []), { id, seq }]);
  }

  remove(id: number): void {
    for (const key of this.#keys.get(id) ?? []) {
      const rest = this.#mentions.get(key)?.filter((mention) => mention.id !== id) ?? [];
      if (rest.length > 0) this.#mentions.set(key, rest);
      else this.#mentions.delete(key);
    }
    this.#keys.delete(id);
  }

  /** How many entries of a room past a number mention an account, up to `MENTIONS_MOST`. */
  count(account: number, room: number, after: number): number {
    const found = new Set<number>();
    for (const one of [account, ALL]) {
      const mentions = this.#mentions.get(`${one} ${room}`) ?? [];
      for (let at = firstAbove(after, mentions, ({ seq }) => seq); at < mentions.length; at++) {
        if (found.size < MENTIONS_MOST) found.add((mentions[at] as Mention).seq);
      }
    }
    return found.size;
  }

  /** Whether an entry mentions an account. */
  has(account: number, id: number): boolean {
    const keys = this.#keys.get(id) ?? [];
    return keys.some((key) => key.startsWith(`${account} `) || key.startsWith(`${ALL} `));
  }

  /** The ids of a room's entries above `after` and up to `upTo` that mention an account. */
  between(account: number, room: number, after: number, upTo: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (const one of [account, ALL]) {
      for (const { id } of this.#mentions.get(`${one} ${room}`) ?? []) if (id > after && id <= upTo) found.add(id);
    }
    return found;
  }

  /** Whom an entry mentions: accounts, and whether everyone. */
  of(id: number): { readonly mentions?: readonly number[]; readonly mentionsAll?: true } {
    const accounts = (this.#keys.get(id) ?? []).map((key) => Number(key.split(' ')[0]));
    const named = accounts.filter((account) => account !== ALL);
    return { ...(named.length > 0 && { mentions: named }), ...(accounts.includes(ALL) && { mentionsAll: true }) };
  }
}
