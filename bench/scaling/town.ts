/** The rooms of a large chat, and what is said in them. */
import { USERS } from './assumptions.ts';
import type { Random } from './random.ts';

/** A message on its way. */
export interface Said {
  /** When, in seconds. */
  readonly time: number;
  /** The server of its sender. */
  readonly server: number;
  /** Those of its recipients, that of the sender among them if any is there; `all` stands for each of them. */
  readonly to: ReadonlySet<number> | 'all';
  readonly deliveries: number;
  readonly isDirect: boolean;
}

export class Town {
  /** The members of each room that are online, largest first. */
  readonly rooms: Float64Array;
  readonly #servers: number;
  readonly #sessions: number;
  readonly #random: Random;
  /** For each room, how likely something is said in it or in one before it. */
  readonly #chances: Float64Array;

  constructor(sessions: number, servers: number, random: Random) {
    this.#sessions = sessions;
    this.#servers = servers;
    this.#random = random;
    this.rooms = roomsOf(sessions, random);
    let sum = 0;
    // Members of a larger room speak less often in it, as the square root of its size.
    this.#chances = this.rooms.map((members) => {
      sum += Math.sqrt(members);
      return sum;
    });
  }

  /** What all users say within some seconds, in order. */
  *says(seconds: number): Iterable<Said> {
    const rate = this.#sessions * USERS.messagesPerSecond;
    for (let time = this.#random.wait(rate); time < seconds; time += this.#random.wait(rate)) {
      const server = this.#random.below(this.#servers);
      if (this.#random.next() < USERS.directShare) {
        yield { time, server, to: new Set([this.#random.below(this.#servers)]), deliveries: 1, isDirect: true };
      } else {
        const deliveries = (this.rooms[this.#place()] ?? 2) - 1;
        yield { time, server, to: this.#spread(deliveries), deliveries, isDirect: false };
      }
    }
  }

  /** A room in which something is said. */
  #place(): number {
    const wanted = this.#random.next() * (this.#chances.at(-1) ?? 0);
    let [low, high] = [0, this.#chances.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chances[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** On which servers so many users are. */
  #spread(users: number): ReadonlySet<number> | 'all' {
    // Nearly certain to be on all of them.
    if (users > 20 * this.#servers) return 'all';
    return new Set(Array.from({ length: users }, () => this.#random.below(this.#servers)));
  }
}

/** Rooms until users are in as many as they are said to be in. */
function roomsOf(sessions: number, random: Random): Float64Array {
  const { rooms, roomExponent, smallestRoom, largestRoom } = USERS;
  const most = Math.min(largestRoom, sessions);
  const sizes: number[] = [];
  for (let members = sessions * rooms; members > 0; ) {
    const size = Math.min(most, members, Math.floor(smallestRoom * (1 - random.next()) ** (-1 / roomExponent)));
    sizes.push(Math.max(size, smallestRoom));
    members -= size;
  }
  return Float64Array.from(sizes).sort().reverse();
}
