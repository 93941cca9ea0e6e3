import {
  type CursorMove,
  type Duplicate,
  type Entry,
  type Followers,
  type InboxCount,
  type Member,
  type MessageLog,
  type NewEntry,
  nameKey,
  type Room,
  type SendKey,
  type Unread,
} from 'chatserv';
import type { Reader, Writer } from './client.ts';
import { MARKER_MOVE_LENGTH, MOVE_LENGTH } from './devices.ts';
import {
  appendedEntry,
  ascending,
  type EntryRow,
  entryOf,
  mentionPairs,
  type NewEntryRow,
  newEntryRow,
  OF_ROOM,
  type OfRoom,
  type Places,
  placeAt,
} from './entry-rows.ts';
import { historyOf } from './log-history.ts';
import { inPages, inParts } from './paging.ts';
import { COMPLETED_AT_ONCE, type EndsPosition, type RoomEnd } from './positions.ts';
import { type CountPosition, READ_AT_ONCE, type ReadPosition } from './read.ts';
import type { RoomPosition } from './rooms-of.ts';
import type { Part } from './rows.ts';
import type { TrimPosition } from './trim.ts';

/** How many entries one request removes. */
const REMOVED_AT_ONCE = 150;

/** How many cursors one request moves. */
const MOVED_AT_ONCE = 100 * MOVE_LENGTH;

/** How many values of marker moves one request takes. */
const MARKERS_AT_ONCE = 100 * MARKER_MOVE_LENGTH;

/** How many conversations' members to cache. */
const CONVERSATIONS = 10_000;

/**
 * The log of a database. Long work is split into several requests, so that others run in between.
 * @param reader reads committed data over a connection that never waits for a commit
 */
export function messageLogOf(writer: Writer, reader: Reader, followers: Followers): MessageLog {
  const { ask, askFor, askLater, identity } = writer;
  const read = reader.ask;
  let trimmed: TrimPosition | undefined;
  /** The members of conversations, in arrays that their entries share. */
  const conversations = new Map<number, readonly number[]>();

  /** What an entry tells of its room, with the members in a shared array. */
  function shared(room: number, about: OfRoom | undefined): OfRoom | undefined {
    if (about === undefined || typeof about === 'string') return about;
    const known = conversations.get(room);
    if (known !== undefined) return known;
    if (conversations.size >= CONVERSATIONS) conversations.clear();
    conversations.set(room, about);
    return about;
  }

  /** Adds to entries the places they were given. */
  function appended(entries: readonly NewEntry[], rows: readonly NewEntryRow[]) {
    return (answer: Places | Duplicate): readonly Entry[] | Duplicate => {
      if ('duplicateOf' in answer) return answer;
      const all = entries.map((entry, i) => {
        const [id, room, seq, previous, ofRoom] = placeAt(answer, i);
        const to = rows[i]?.[0];
        return appendedEntry(entry, id, room, seq, previous, shared(room, typeof to === 'number' ? ofRoom : to));
      });
      followers.note(all);
      return all;
    };
  }

  /** Makes an entry from its row. */
  function entryIn(row: EntryRow): Entry {
    return entryOf(row, shared(row[1], row[OF_ROOM]));
  }

  /** Notes an entry that the store appended itself. */
  const noted = (row: EntryRow | undefined): EntryRow | undefined => {
    if (row !== undefined) followers.note([entryIn(row)]);
    return row;
  };

  return {
    identity,
    append(entries, key) {
      const rows = entries.map(newEntryRow);
      return askFor(appended(entries, rows), 'append', rows, key && keyRow(key), mentionPairs(entries));
    },
    find: (sender, key) => ask('findEntry', sender, key),
    head: () => read('head'),
    follow: (follower) => followers.add(follower),

    async read(account, after, upTo, limit, skip) {
      const entries: Entry[] = [];
      let from: ReadPosition | undefined;
      for (let start = after; ; ) {
        const part: Part<EntryRow[], ReadPosition> = await read(
          'read',
          account,
          start,
          upTo,
          limit - entries.length,
          from,
          skip,
        );
        from = part.after;
        if (from !== undefined) continue;
        for (const row of part.found) entries.push(entryIn(row));
        if (part.found.length < READ_AT_ONCE || entries.length >= limit) return entries;
        start = entries.at(-1)?.id ?? start;
      }
    },

    gaps: (account, after, upTo, most, keep) =>
      inParts(
        (from: RoomPosition | undefined) => read('gaps', account, after, upTo, most, keep, from),
        (a, b) => a.id - b.id,
      ),

    ...historyOf(reader, entryIn),

    async count(account, sender, after, most, origin) {
      const counted = { all: 0, own: 0, sameOrigin: 0, isContact: false };
      for (let from: CountPosition | undefined; ; ) {
        const left = most - counted.all;
        const part: Part<InboxCount, CountPosition> = await read('count', account, sender, after, left, origin, from);
        counted.all += part.found.all;
        counted.own += part.found.own;
        counted.sameOrigin += part.found.sameOrigin;
        counted.isContact ||= part.found.isContact;
        from = part.after;
        if (from === undefined || counted.all >= most) break;
      }
      const upTo = (count: number) => Math.max(0, Math.min(count, most));
      const { all, own, sameOrigin, isContact } = counted;
      return { all: upTo(all), own: upTo(own), sameOrigin: upTo(sameOrigin), isContact };
    },

    enter: (account, device, now, most) => ask('enter', account, device, now, most),
    devices: (account) => read('devices', account),
    removeDevice: (account, device) => ask('removeDevice', account, device),
    async moveCursors(moves, now) {
      const flat = moves.flatMap(flatMove);
      for (let at = 0; at < flat.length; at += MOVED_AT_ONCE) {
        await ask('moveCursors', flat.slice(at, at + MOVED_AT_ONCE), now);
      }
    },

    async moveMarkers(moves) {
      const flat = moves.flat();
      for (let at = 0; at < flat.length; at += MARKERS_AT_ONCE) {
        await ask('moveMarkers', flat.slice(at, at + MARKERS_AT_ONCE));
      }
    },
    unread: (account) =>
      inParts(
        (from: RoomPosition | undefined) => read('unread', account, from),
        (a, b) => a.room - b.room,
      ),
    position: (account, room) => read('position', account, room),
    positions: (account, before, limit) =>
      inPages(limit, async (left, last: Unread | undefined) => {
        let part: Part<readonly RoomEnd[], EndsPosition> | undefined;
        do part = await read('latestRooms', account, last?.lastId ?? before, left, part?.after);
        while (part.after !== undefined);
        const positions: Unread[] = [];
        for (let at = 0; at < part.found.length; at += COMPLETED_AT_ONCE) {
          positions.push(...(await read('positionsIn', account, part.found.slice(at, at + COMPLETED_AT_ONCE))));
        }
        return positions;
      }),

    async createRoom(name, facts) {
      const id = await ask('createRoom', name, nameKey(name), JSON.stringify(facts));
      return id === undefined ? undefined : ({ id, kind: 'room', name, facts, size: 0 } satisfies Room);
    },
    room(room) {
      if (typeof room === 'number') return read('room', room);
      return typeof room === 'string' ? read('roomByKey', nameKey(room)) : read('roomOfMembers', ascending(room));
    },
    setFacts: (room, facts) => ask('setFacts', room, JSON.stringify(facts)),
    async renameRoom(room, name, time) {
      const row = await askFor(noted, 'renameRoom', room, name, nameKey(name), time);
      return row === undefined ? undefined : await read('room', room);
    },
    removeRoom: (room) => ask('removeRoom', room),
    rooms: (after, limit) => inPages(limit, (left, last: Room | undefined) => read('rooms', last?.id ?? after, left)),
    roomsOf: (account, kind) =>
      inParts(
        (from: RoomPosition | undefined) => read('roomsOf', account, kind, from),
        (a, b) => a.id - b.id,
      ),
    async join(room, account, role, time) {
      await askFor(noted, 'join', room, account, role, time);
    },
    async leave(room, account, time, forget = false, body = '') {
      await askFor(noted, 'leave', room, account, time, forget, body);
    },
    members: (room, after, limit) =>
      inPages(limit, (left, last: Member | undefined) => read('members', room, last?.account ?? after, left)),
    member: (room, account) => read('member', room, account),

    async trim(retention) {
      // Trimming covers only indexed entries.
      if (trimmed === undefined) await isIndexed(writer);
      trimmed = await askLater('trim', retention, trimmed);
      return trimmed !== undefined;
    },

    async removeFrom(sender) {
      await isIndexed(writer);
      let removed = 0;
      for (let before: number | undefined = (await read('head')) + 1; before !== undefined; ) {
        const part: Part<number[], number> = await read('saidBy', sender, before);
        for (let at = 0; at < part.found.length; at += REMOVED_AT_ONCE) {
          removed += await ask('forgetAll', part.found.slice(at, at + REMOVED_AT_ONCE));
        }
        before = part.after;
      }
      return removed;
    },

    latest: () => read('latest'),
    check: () => ask('check'),
  };
}

/** Resolves when everything appended so far is indexed. */
export async function isIndexed({ askLater }: Writer): Promise<void> {
  let upTo = await askLater('index');
  while (upTo !== undefined) upTo = await askLater('index', upTo);
}

function keyRow({ sender, key, unknown, time }: SendKey): readonly [number, string, string, number] {
  return [sender, key, JSON.stringify(unknown), time];
}

function flatMove({ account, device, id, handed }: CursorMove): readonly (number | string)[] {
  return [account, device, id, handed];
}
