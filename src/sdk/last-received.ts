import { type Entry, isMessage } from '../api/entry.ts';
import type { Session } from '../api/session.ts';
import type { MessageLog, Unread } from '../services/message-log.ts';

/** How many rooms are looked at together, and how many times. */
const ROOMS = 10;
const PAGES = 10;

/** How many messages of a room are looked at for one by someone else. */
const MESSAGES = 20;

/**
 * Finds the latest message by someone else that a session has received. Deliveries cost nothing for this: the session's
 * position in the log tells what it was sent.
 * @returns its id; undefined if there is none among the latest messages of the account's rooms
 */
export async function lastReceived({ account, feed }: Session, log: MessageLog): Promise<number | undefined> {
  if (account === undefined) return undefined;
  let found = 0;
  let before = Number.MAX_SAFE_INTEGER;
  for (let page = 0; page < PAGES; page++) {
    const rooms = await log.positions(account.id, before, ROOMS);
    const ids = await Promise.all(rooms.map((room) => lastIn(room, account.id, feed.position, log)));
    found = Math.max(found, ...ids);
    before = rooms.at(-1)?.lastId ?? 0;
    // The other rooms have earlier entries only.
    if (rooms.length < ROOMS || before <= found) break;
  }
  return found === 0 ? undefined : found;
}

/** The id of the latest message of a room that an account did not post itself, up to a position; 0 if there is none. */
async function lastIn({ room }: Unread, account: number, position: number, log: MessageLog): Promise<number> {
  const spans = await log.spans(account, room);
  const after = spans.at(-1)?.since ?? 0;
  const latest = await log.history(room, { after, before: position + 1, limit: MESSAGES, counting: true });
  const isOfOthers = (entry: Entry) => isMessage(entry) && entry.sender !== account && !entry.redacted;
  return latest.findLast(isOfOthers)?.id ?? 0;
}
