import type { Account } from '../api/account.ts';
import { type Refusal, refuse } from '../api/decisions.ts';
import { EVERYONE, type Room } from '../api/entry.ts';
import type { Accounts } from '../services/accounts.ts';
import type { MessageLog, Span } from '../services/message-log.ts';
import { noRoom } from '../services/rooms.ts';

/** A room, and when an account could read it. */
export interface Place {
  readonly room: Room;
  /** At least one, oldest first. */
  readonly spans: readonly Span[];
}

/** A room by its id, in place of a name; no name has a colon. */
const BY_ID = /^room:(\d{1,15})$/;

/**
 * Finds what an argument made by `param.place` names.
 * @param place `#lab`, `everyone`, a user's name, the names of a conversation's other members, or the id of any room, as
 * `room:7`
 * @returns undefined if there is no such room, conversation or user, or if it was never the account's
 */
export async function findPlace(
  place: string | readonly string[],
  account: Account,
  { accounts, messageLog }: { readonly accounts: Accounts; readonly messageLog: MessageLog },
): Promise<Place | undefined> {
  const room = await roomOf(place, account, accounts, messageLog);
  const spans = room && (await messageLog.spans(account.id, room.id));
  return room === undefined || spans === undefined || spans.length === 0 ? undefined : { room, spans };
}

/**
 * Why `findPlace` found nothing, without telling a room that the account may not read from one that does not exist.
 * @returns undefined for users who have not written to each other yet
 */
export async function placeRefusal(
  place: string | readonly string[],
  accounts: Accounts,
): Promise<Refusal | undefined> {
  if (typeof place === 'string' && place.startsWith('#')) return noRoom(place.slice(1));
  if (typeof place === 'string' && BY_ID.test(place)) return refuse('no-room', `There is no ${place}.`);
  const found = await Promise.all([place].flat().map((name) => accounts.find(name)));
  return found.includes(undefined) ? refuse('user', 'There is no such user.') : undefined;
}

async function roomOf(
  place: string | readonly string[],
  account: Account,
  accounts: Accounts,
  log: MessageLog,
): Promise<Room | undefined> {
  if (place === 'everyone') return log.room(EVERYONE);
  if (typeof place === 'string' && place.startsWith('#')) return log.room(place.slice(1));
  const [, id] = (typeof place === 'string' && BY_ID.exec(place)) || [];
  if (id !== undefined) return log.room(Number(id));
  const members = await Promise.all([place].flat().map((name) => accounts.find(name)));
  const ids = members.map((member) => member?.id ?? -1);
  return ids.includes(-1) ? undefined : log.room([account.id, ...ids]);
}
