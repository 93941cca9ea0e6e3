import { type Entry, z } from 'chatserv';

/** The data of a reaction: the emoji or word, and whether it was added or taken back. */
export const REACTION = z.strictObject({ emoji: z.string(), on: z.boolean() });

/** The reactions to a message: who has reacted with what. */
export class Tally {
  /** The names of the accounts by id, by reaction, in the order of the first of each. */
  readonly #by = new Map<string, Map<number, string>>();

  /** @param entries the reactions to a message and those that were taken back, by id */
  constructor(entries: readonly Entry[]) {
    for (const entry of entries) {
      const reaction = reactionOf(entry);
      if (reaction === undefined) continue;
      const { emoji, on } = reaction;
      const accounts = this.#by.get(emoji) ?? new Map<number, string>();
      if (on) accounts.set(entry.sender, entry.from);
      else accounts.delete(entry.sender);
      if (accounts.size > 0) this.#by.set(emoji, accounts);
      else this.#by.delete(emoji);
    }
  }

  /** How many different reactions there are. */
  get size(): number {
    return this.#by.size;
  }

  has(emoji: string, account?: number): boolean {
    const accounts = this.#by.get(emoji);
    return account === undefined ? accounts !== undefined : (accounts?.has(account) ?? false);
  }

  /** How many reactions are an account's. */
  countOf(account: number): number {
    return [...this.#by.values()].filter((accounts) => accounts.has(account)).length;
  }

  /** Each reaction with the names of those who have reacted so, and whether an account has. */
  list(account: number): { readonly emoji: string; readonly names: readonly string[]; readonly own: boolean }[] {
    return [...this.#by].map(([emoji, accounts]) => ({
      emoji,
      names: [...accounts.values()],
      own: accounts.has(account),
    }));
  }
}

/** The data of a reaction; undefined where it was redacted, or is of another form. */
export function reactionOf({ body }: Entry): z.infer<typeof REACTION> | undefined {
  try {
    return REACTION.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
