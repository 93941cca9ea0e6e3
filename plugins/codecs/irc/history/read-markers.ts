import { type Account, type Collection, nameKey, type Storage, z } from 'chatserv';
import type { Irc } from '../irc.ts';
import { firstWhere } from './search.ts';

/** Up to when accounts have read: milliseconds since 1970. */
const TIME = z.int();

/** What was read: a channel by its name, as a room of a name may end and begin again, or a conversation with an account. */
export interface Readable {
  readonly room?: number | undefined;
  /** The name of a channel; empty in a conversation. */
  readonly name: string;
  /** The other account of a conversation; its room is there after the first message. */
  readonly partner?: number | undefined;
}

/**
 * Up to when accounts have read rooms and conversations, as IRC clients say (IRCv3 draft `read-marker`). Markers of other
 * clients count too: they say which entry was read last.
 */
export class ReadMarkers {
  readonly #times: Collection<number>;

  constructor(storage: Storage) {
    this.#times = storage.open('irc-read-markers', TIME);
  }

  /** Up to when an account has read; 0 if it has read nothing. */
  async of(irc: Irc, account: Account, what: Readable): Promise<number> {
    const [told, marked] = await Promise.all([
      this.#times.get(keyOf(account, what)),
      what.room === undefined ? 0 : markedTime(irc, account, what.room),
    ]);
    return Math.max(told ?? 0, marked);
  }

  /** An account has read up to a time, which only ever advances. */
  async set(account: Account, what: Readable, time: number): Promise<void> {
    await this.#times.update(keyOf(account, what), (before = 0) => Math.max(before, time));
  }

  /** An account was removed. */
  async forget({ id }: Pick<Account, 'id'>): Promise<void> {
    for (;;) {
      const page = await this.#times.list({ prefix: `${id} ` });
      await Promise.all(page.map(({ key }) => this.#times.delete(key)));
      if (page.length === 0) return;
    }
  }
}

function keyOf({ id }: Account, { name, partner }: Readable): string {
  return partner === undefined ? `${id} in ${nameKey(name)}` : `${id} with ${partner}`;
}

/** When the last entry of a room was posted that an account has read on any device; 0 if there is none. */
async function markedTime({ log }: Irc, account: Account, room: number): Promise<number> {
  const position = await log.position(account.id, room);
  if (position === undefined || position.marker === 0) return 0;
  const { marker, last } = position;
  if (marker >= last) return (await log.history(room, { limit: 1, counting: true }))[0]?.time ?? 0;
  const next = await firstWhere(log, room, ({ seq }) => seq > marker);
  return (await log.history(room, { before: next, limit: 1, counting: true }))[0]?.time ?? 0;
}
