import type { Collection } from '../services/storage.ts';

/** How many digits a number has in a key, so that keys are in the order of the numbers. */
const DIGITS = 16;

/** Comes after every digit. */
const AFTER_DIGITS = '~';

/** A value with its number. */
export interface NumberedValue<Value> {
  readonly number: number;
  readonly value: Value;
}

/**
 * Values of a plugin in groups, such as those of a room, in the order of their numbers within a group. A group is a word;
 * a number is a whole number from 0 to 2^53 - 1.
 */
export class NumberedValues<Value> {
  readonly #collection: Collection<Value>;
  /** The groups that have or had values, once they are read. */
  #groups: Promise<Set<string>> | undefined;

  /** @param collection which holds nothing else */
  constructor(collection: Collection<Value>) {
    this.#collection = collection;
    collection.watch(async (key) => {
      if (key === undefined) this.#groups = undefined;
      else (await this.#groups)?.add(groupOf(key));
    });
  }

  /** @returns undefined where there is none */
  get(group: string | number, number: number): Promise<Value | undefined> {
    return this.#collection.get(keyOf(group, number));
  }

  /** Replaces a value, or deletes it, as `Collection.update` does. */
  async update(
    group: string | number,
    number: number,
    change: (value: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined> {
    const value = await this.#collection.update(keyOf(group, number), change);
    if (value !== undefined) (await this.#groups)?.add(String(group));
    return value;
  }

  /** Deletes a value. @returns it; undefined if there was none */
  async take(group: string | number, number: number): Promise<Value | undefined> {
    let taken: Value | undefined;
    await this.update(group, number, (value) => {
      taken = value;
      return undefined;
    });
    return taken;
  }

  /** Up to `limit` values of a group with numbers above `after`, by number. Without `after` from the first. */
  async list(group: string | number, limit: number, after?: number): Promise<NumberedValue<Value>[]> {
    const start = after === undefined ? undefined : keyOf(group, after);
    const page = await this.#collection.list({ prefix: prefixOf(group), after: start, limit });
    return page.map(({ key, value }) => ({ number: Number(key.slice(-DIGITS)), value }));
  }

  /** The groups that have values, and perhaps some that had. The first call reads them. @throws when they cannot be read */
  async groups(): Promise<readonly string[]> {
    this.#groups ??= this.#readGroups();
    try {
      return [...(await this.#groups)];
    } catch (cause) {
      this.#groups = undefined;
      throw cause;
    }
  }

  async #readGroups(): Promise<Set<string>> {
    const groups = new Set<string>();
    for (let after: string | undefined; ; ) {
      const [next] = await this.#collection.list({ after, limit: 1 });
      if (next === undefined) return groups;
      const group = groupOf(next.key);
      groups.add(group);
      after = `${prefixOf(group)}${AFTER_DIGITS}`;
    }
  }
}

function prefixOf(group: string | number): string {
  return `${group} `;
}

function groupOf(key: string): string {
  return key.slice(0, -DIGITS - 1);
}

function keyOf(group: string | number, number: number): string {
  return `${prefixOf(group)}${String(number).padStart(DIGITS, '0')}`;
}
