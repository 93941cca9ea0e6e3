import { type CatchUp, type Entry, type Gap, type KindSpec, type MessageLog, z } from 'chatserv';
import type { RoomKeeping } from './keeping.ts';

const schema = z.strictObject({ after: z.int(), before: z.int(), count: z.int() });

/** What a returning device gets instead of a room's many new entries: the ids around them, and how many are messages. */
export const gapKind: KindSpec = {
  name: 'gap',
  version: 1,
  schema,
  counts: false,
  line({ roomName, body }) {
    const { count } = schema.parse(JSON.parse(body));
    return count === 0 ? undefined : `#${roomName} *server*: ${count} new`;
  },
};

/** A returning device: its account, and the ids between which it lacks entries. */
export type Returning = readonly [account: number, after: number, upTo: number];

/**
 * Finds the gaps of a returning device.
 * @param most how many new messages of a room are no gap
 * @param isBrief whether a room that has a gap is all gap
 */
export async function catchUp(
  log: MessageLog,
  keeping: RoomKeeping,
  most: number,
  [account, after, upTo]: Returning,
  isBrief: boolean,
): Promise<CatchUp> {
  const all = await log.gaps(account, after, upTo, most, isBrief ? 0 : most);
  // The other rooms forget what everyone has: nobody could fill their gaps.
  const gaps = all.filter(({ room }) => keeping.of(room) !== 'none').sort((a, b) => a.id - b.id);
  return { gaps: gaps.map(gapEntry), skip: new Map(gaps.map(({ room, before }) => [room.id, before - 1])) };
}

/**
 * A gap as an entry in the place of its first one. So a device that has acknowledged an id has every entry up to it, or a
 * gap that it is in, even if its connection was lost before it got the rest.
 */
function gapEntry({ id, room, before, count, time }: Gap): Entry {
  return {
    id,
    room: room.id,
    roomName: room.name,
    seq: 0,
    previous: 0,
    kind: gapKind.name,
    version: gapKind.version,
    counts: false,
    sender: 0,
    from: '*server*',
    device: '',
    toSender: false,
    body: JSON.stringify({ after: id - 1, before, count }),
    time,
  };
}
