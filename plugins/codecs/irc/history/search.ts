import type { Entry, MessageLog } from 'chatserv';

/** An id that no entry has. */
export const NO_ID = Number.MAX_SAFE_INTEGER;

/**
 * Finds the first entry of a room for which something holds that holds for all later ones too, such as a later time. It
 * reads as many entries as the number of ids has digits in binary.
 * @returns its id; `NO_ID` if there is none
 * @throws when the log cannot be read
 */
export async function firstWhere(log: MessageLog, room: number, holds: (entry: Entry) => boolean): Promise<number> {
  let [low, high, found] = [1, (await log.head()) + 1, NO_ID];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await log.history(room, { after: middle - 1, before: high, limit: 1, from: 'oldest' });
    if (entry === undefined) {
      high = middle;
    } else if (holds(entry)) {
      found = entry.id;
      high = middle;
    } else {
      low = entry.id + 1;
    }
  }
  return found;
}
