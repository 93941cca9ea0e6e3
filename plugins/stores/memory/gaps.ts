import { ENTRIES_PER_MESSAGE, type Entry, type Gap } from 'chatserv';
import { type KeptRoom, readRoom, roomOf } from './rooms.ts';

/** The part of a named room's new entries that a device is not sent; undefined if it is sent all. See `MessageLog.gaps`. */
export function gapIn(
  room: KeptRoom,
  account: number,
  after: number,
  upTo: number,
  most: number,
  keep: number,
  isMention: (id: number) => boolean,
): Gap | undefined {
  const fresh: Entry[] = [];
  readRoom(room, account, after, upTo, Number.POSITIVE_INFINITY, fresh);
  if (!areMany(fresh, most)) return undefined;
  let end = fresh.length;
  for (let counted = 0; end > 0; end--) {
    if (fresh[end - 1]?.counts) counted++;
    if (counted > keep || fresh.length - end >= ENTRIES_PER_MESSAGE * keep) break;
  }
  const gap = fresh.slice(0, end);
  while (gap[0] !== undefined && isMention(gap[0].id)) gap.shift();
  const [first] = gap;
  if (first === undefined) return undefined;
  const before = fresh[end]?.id ?? upTo + 1;
  return { room: roomOf(room), id: first.id, time: first.time, before, count: countedIn(gap) };
}

function areMany(entries: readonly Entry[], most: number): boolean {
  return countedIn(entries) > most || entries.length > ENTRIES_PER_MESSAGE * most;
}

function countedIn(entries: readonly Entry[]): number {
  return entries.filter(({ counts }) => counts).length;
}
