import { type Account, type Entry, type Ignores, type MessageLog, mentionsIn, nameKey, type Unread } from 'chatserv';

/** How many unread entries of a room are searched for those of ignored users, the latest ones. */
const SEARCHED = 1000;

/** An account's position in a room. */
export interface Position extends Unread {
  /** How many of the entries past the marker are of users whom the account ignores. `mentions` leaves them out. */
  readonly hidden: number;
}

/** How many entries an account has not read, of those that it sees. */
export function unreadIn({ last, marker, hidden }: Position): number {
  return last - marker - hidden;
}

/** The positions of accounts, without what they hide from themselves. */
export class Positions {
  readonly #log: MessageLog;
  readonly #ignores: Ignores | undefined;

  constructor(log: MessageLog, ignores?: Ignores) {
    this.#log = log;
    this.#ignores = ignores;
  }

  /** The positions in rooms with something to read. */
  async unread(account: Account): Promise<Position[]> {
    const positions = await this.#seen(account, await this.#log.unread(account.id));
    return positions.filter((position) => unreadIn(position) > 0);
  }

  /** As `MessageLog.positions`. */
  async page(account: Account, before: number, limit: number): Promise<Position[]> {
    return this.#seen(account, await this.#log.positions(account.id, before, limit));
  }

  /** The position in a room; undefined if the account is not in it. */
  async of(account: Account, room: number): Promise<Position | undefined> {
    const position = await this.#log.position(account.id, room);
    return position && (await this.#seen(account, [position]))[0];
  }

  async #seen(account: Account, positions: readonly Unread[]): Promise<Position[]> {
    const ignored = await this.#ignores?.of(account.id);
    if (ignored === undefined) return positions.map((position) => ({ ...position, hidden: 0 }));
    // In parallel, so that the store answers them in one batch.
    return Promise.all(
      positions.map(async (position) => {
        const { room, marker, last, mentions } = position;
        const limit = Math.min(last - marker, SEARCHED);
        const latest = limit === 0 ? [] : await this.#log.history(room, { limit, counting: true });
        const hidden = latest.filter((entry) => entry.seq > marker && ignored.hides(entry));
        const left = mentions - hidden.filter((entry) => isMentioned(account, entry)).length;
        const most = last - marker - hidden.length;
        return { ...position, hidden: hidden.length, mentions: Math.max(0, Math.min(left, most)) };
      }),
    );
  }
}

function isMentioned({ name }: Account, { mentionsAll, body }: Entry): boolean {
  const key = nameKey(name);
  return mentionsAll === true || mentionsIn(body).some((names) => names.some((one) => nameKey(one) === key));
}
