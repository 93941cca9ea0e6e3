import { type Collection, NumberedValues, type Storage, z } from 'chatserv';
import { type NotedAct, notedAct } from './acts.ts';

/** In milliseconds. */
const DAY = 86_400_000;

/** How many acts can have one time, so that their numbers keep their order. */
const PER_MILLISECOND = 1000;

/** Numbers count down from here, so that the latest acts come first. */
const LAST = Number.MAX_SAFE_INTEGER;

/** After how many new acts old ones are looked for, and how many are deleted then at most. */
const TRIM_EVERY = 20;
const TRIMMED = 200;

/** How much of a room's log is kept. */
export interface JournalLimits {
  readonly days: number;
  readonly maxActs: number;
}

/** An act with its number: later acts have lower ones. */
export interface ListedAct extends NotedAct {
  readonly number: number;
}

/** What moderators did in rooms, which the store keeps: the history of a room may be shorter, or off. */
export class Journal {
  readonly #acts: NumberedValues<NotedAct>;
  /** The id up to which the acts that entries tell are noted, under one key. */
  readonly #position: Collection<number>;
  readonly #limits: JournalLimits;
  #added = 0;

  constructor(storage: Storage, limits: JournalLimits) {
    this.#acts = new NumberedValues(storage.open('room-log', notedAct));
    this.#position = storage.open('room-log-position', z.int());
    this.#limits = limits;
  }

  /** Adds an act. One that an entry tells is added once, also by two processes. @param order among those of the same time */
  async add(room: number, noted: NotedAct, order: number): Promise<void> {
    let number = LAST - (noted.time * PER_MILLISECOND + (order % PER_MILLISECOND));
    for (let isAdded = false; !isAdded; number--) {
      await this.#acts.update(room, number, (other = noted) => {
        isAdded = other === noted || (noted.entry !== undefined && other.entry === noted.entry);
        return other;
      });
    }
    if (++this.#added % TRIM_EVERY === 0) await this.#trim(room, noted.time);
  }

  /** Up to `limit` acts of a room, the latest first. @param before only those with greater numbers, which are earlier */
  async list(room: number, limit: number, now: number, before?: number): Promise<ListedAct[]> {
    const page = await this.#acts.list(room, Math.min(limit, this.#limits.maxActs), before);
    const since = this.#since(now);
    return page.filter(({ value }) => value.time > since).map(({ number, value }) => ({ ...value, number }));
  }

  /** Deletes the log of a room that no longer exists. */
  async dropRoom(room: number): Promise<void> {
    for (const { number } of await this.#acts.list(room, LAST)) await this.#acts.take(room, number);
  }

  async position(): Promise<number> {
    return (await this.#position.get('position')) ?? 0;
  }

  /** Moves the position, forward only. */
  async setPosition(id: number): Promise<void> {
    await this.#position.update('position', (before = 0) => Math.max(before, id));
  }

  #since(now: number): number {
    return now - this.#limits.days * DAY;
  }

  /** Deletes acts of a room that are too old, and those beyond the most. */
  async #trim(room: number, now: number): Promise<void> {
    const old = LAST - this.#since(now) * PER_MILLISECOND;
    const tooOld = old < LAST ? await this.#acts.list(room, TRIMMED, old) : [];
    const [last] = (await this.#acts.list(room, this.#limits.maxActs)).slice(this.#limits.maxActs - 1);
    const tooMany = last === undefined ? [] : await this.#acts.list(room, TRIMMED, last.number);
    for (const { number } of [...tooOld, ...tooMany]) await this.#acts.take(room, number);
  }
}
