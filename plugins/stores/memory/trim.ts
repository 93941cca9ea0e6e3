import type { Entry, Retention, RoomRetention } from 'chatserv';
import type { Keyed, Keys } from './keys.ts';
import type { Behind, Places } from './places.ts';
import { type Kept, type KeptRoom, type Rooms, readableBy } from './rooms.ts';

/** How many entries, members or keys one call looks at before it yields. */
const AT_ONCE = 1000;

/** A round of trimming, from the oldest entry on. */
interface Round {
  /** The log's end when it began. */
  readonly end: number;
  readonly entries: IterableIterator<Kept>;
  readonly keys: IterableIterator<Keyed>;
  /** How many of the oldest entries exceed `most`. */
  excess: number;
  /** Whether it has reached an entry that is young enough. */
  isYoung: boolean;
  /** The rooms with a retention in which it has. */
  readonly youngRooms: Set<number>;
  readonly behind: readonly [Behind, Behind];
}

/** The parts of a log that trimming needs. */
export interface Trimmed {
  /** All entries, oldest first. */
  readonly entries: ReadonlyMap<number, Kept>;
  readonly rooms: Rooms;
  readonly places: Places;
  readonly keys: Keys;
  end(): number;
  forget(kept: Kept): void;
}

/** Trims a log, a part per call. */
export class Trimmer {
  readonly #log: Trimmed;
  #round: Round | undefined;

  constructor(log: Trimmed) {
    this.#log = log;
  }

  /** @returns whether there may be more to trim */
  trim(retention: Retention): boolean {
    const { before, most, now = Number.POSITIVE_INFINITY, keysSince, devicesSince = 0 } = retention;
    const { entries, places, keys, forget } = this.#log;
    if (this.#round === undefined) {
      places.expire(devicesSince);
      this.#round = {
        end: this.#log.end(),
        entries: entries.values(),
        keys: keys.all(),
        excess: entries.size - most,
        isYoung: false,
        youngRooms: new Set(),
        behind: places.furthestBehind(),
      };
    }
    const round = this.#round;
    for (let left = AT_ONCE; left > 0; ) {
      const kept = round.entries.next().value;
      if (kept === undefined || kept.entry.id > round.end) return this.#trimKeys(round, most, keysSince);
      const { time, room } = kept.entry;
      round.excess--;
      // An entry is never older than its predecessors. A time in the future says nothing about the others.
      if (time >= before && time <= now) round.isYoung = true;
      const isOld = !round.isYoung && time < before;
      const limit = retention.rooms?.has(room) ? retention.rooms.get(room) : retention.history;
      if (limit !== undefined && kept.entry.seq > 0 && time >= limit.before && time <= now) round.youngRooms.add(room);
      if (isOld || round.excess >= 0 || (limit !== undefined && this.#isBeyond(kept.entry, limit, round))) forget(kept);
      else if (limit === undefined) left -= this.#look(kept, round);
      left--;
    }
    return true;
  }

  /** Whether a room's retention no longer keeps an entry. One without a number goes with the one after it. */
  #isBeyond(
    { room: id, seq, id: entry, time }: Entry,
    { before, most }: RoomRetention,
    { youngRooms }: Round,
  ): boolean {
    if (time < before && !youngRooms.has(id)) return true;
    const room = this.#log.rooms.get(id);
    if (room === undefined) return true;
    const cut = room.seq - most;
    if (seq > 0) return seq <= cut;
    const next = room.entries.find(({ entry: { id: other, seq: number } }) => other > entry && number > 0);
    return next !== undefined && next.entry.seq <= cut;
  }

  /** Forgets an entry if everyone has read it. @returns how many members it looked at */
  #look(kept: Kept, { behind }: Round): number {
    const { places, rooms, forget } = this.#log;
    const { id, room, sender, toSender, members } = kept.entry;
    const isFor = (account: number) => toSender || account !== sender;
    const lacks = (account: number) => isFor(account) && places.lacks(account, id);
    if (members === undefined && rooms.get(room)?.kind === 'everyone') {
      const slowest = behind.find(({ account }) => isFor(account));
      if ((slowest?.cursor ?? 0) >= id) forget(kept);
      return 0;
    }
    if (members !== undefined) {
      if (!members.some(lacks)) forget(kept);
      return members.length;
    }
    const named = rooms.get(room) as KeptRoom;
    if (readableBy(named, kept.lacking, id) && lacks(kept.lacking)) return 0;
    let looked = 0;
    for (const account of named.spans.keys()) {
      looked++;
      if (!readableBy(named, account, id) || !lacks(account)) continue;
      kept.lacking = account;
      return looked;
    }
    forget(kept);
    return looked;
  }

  #trimKeys({ keys }: Round, most: number, keysSince: number): boolean {
    const upTo = this.#log.end() - most;
    for (let looked = 0; looked < AT_ONCE; looked++) {
      const keyed = keys.next().value;
      if (keyed === undefined) {
        this.#round = undefined;
        return false;
      }
      if (keyed.id <= upTo || keyed.time < keysSince) this.#log.keys.remove(keyed);
    }
    return true;
  }
}
