import { type Keeping, type MessageLog, type Room, type RoomRetention, z } from 'chatserv';

/** In milliseconds. */
const DAY = 86_400_000;

/** How many rooms to read at a time. */
const PAGE = 500;

/** Limits on a room's messages: none where a number is absent. */
export interface Limits {
  readonly days?: number | undefined;
  readonly messages?: number | undefined;
}

/** A room's fact with its own retention. */
export const RETENTION = 'retention';

/** That fact. */
export const keepingFact = z.union([
  z.literal('forever'),
  z.literal('none'),
  z.strictObject({ days: z.number().positive().optional(), messages: z.int().positive().optional() }),
]);

/** How long rooms keep their messages: each as its fact `retention` says, within what the host allows. */
export class RoomKeeping {
  readonly #default: Limits;
  readonly #most: Limits;

  /**
   * @param byDefault the limits of rooms without a retention of their own
   * @param most the highest limits that a room may have of its own
   */
  constructor(byDefault: Limits, most: Limits) {
    this.#default = byDefault;
    this.#most = most;
  }

  of({ facts }: Room): Keeping {
    const own = this.#ownOf(facts);
    if (own === undefined) return keepingOf(this.#default);
    return own === 'none' ? own : keepingOf(own);
  }

  /** The longest retention that the host allows. */
  get most(): Keeping {
    return keepingOf(this.#most);
  }

  /** Whether the host allows a retention. */
  allows(wanted: Keeping): boolean {
    if (wanted === 'none') return true;
    const { days, messages } = this.#most;
    if (wanted === 'forever') return days === undefined && messages === undefined;
    return isWithin(wanted.days, days) && isWithin(wanted.messages, messages);
  }

  /** The limits by which the log is trimmed. @param now milliseconds since 1970 */
  async retention(
    log: Pick<MessageLog, 'rooms'>,
    now: number,
  ): Promise<{ history: RoomRetention; rooms: Map<number, RoomRetention | undefined> }> {
    const rooms = new Map<number, RoomRetention | undefined>();
    for (let after = 0, page = await log.rooms(after, PAGE); page.length > 0; page = await log.rooms(after, PAGE)) {
      for (const { id, facts } of page) {
        const own = this.#ownOf(facts);
        if (own !== undefined) rooms.set(id, own === 'none' ? undefined : trimmedBy(own, now));
        after = id;
      }
    }
    return { history: trimmedBy(this.#default, now), rooms };
  }

  #ownOf(facts: Room['facts']): Limits | 'none' | undefined {
    const { data } = keepingFact.safeParse(facts[RETENTION]);
    if (data === undefined || data === 'none') return data;
    const { days, messages }: Limits = data === 'forever' ? {} : data;
    return { days: lesser(days, this.#most.days), messages: lesser(messages, this.#most.messages) };
  }
}

function lesser(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function isWithin(wanted = 0, most = Number.POSITIVE_INFINITY): boolean {
  return wanted <= most;
}

function keepingOf({ days, messages }: Limits): Keeping {
  if (days === undefined && messages === undefined) return 'forever';
  return { ...(days !== undefined && { days }), ...(messages !== undefined && { messages }) };
}

function trimmedBy({ days, messages }: Limits, now: number): RoomRetention {
  return { before: days === undefined ? 0 : now - days * DAY, most: messages ?? Number.POSITIVE_INFINITY };
}

/** A retention in words: `messages are kept for 30 days, at most 5,000`. */
export function inWords(keeping: Keeping): string {
  if (keeping === 'forever') return 'messages are kept';
  if (keeping === 'none') return 'messages are not kept once everyone has received them';
  const { days, messages } = keeping;
  if (days === undefined && messages === 1) return 'only the latest message is kept';
  if (days === undefined) return `the latest ${counted(messages ?? 0, 'message')} are kept`;
  const most = messages === undefined ? '' : `, at most ${messages.toLocaleString('en')}`;
  return `messages are kept for ${timeInWords(days)}${most}`;
}

/** In the largest unit that divides it. */
function timeInWords(days: number): string {
  if (Number.isInteger(days)) return counted(days, 'day');
  if (Number.isInteger(days * 24)) return counted(days * 24, 'hour');
  return counted(Math.ceil(days * 1440), 'minute');
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
