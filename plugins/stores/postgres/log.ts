import type { Duplicate, Entry, MessageLog, Room } from 'chatserv';
import type { Database } from './database.ts';
import { devicesOf } from './devices.ts';
import type { Following } from './following.ts';
import { gapsOf } from './gaps.ts';
import { type Change, createRoom, join, leave, removeRoom, renameRoom } from './memberships.ts';
import { readingOf } from './reading.ts';
import { removeFrom } from './remove-from.ts';
import { roomsOf } from './rooms.ts';
import { trimmerOf } from './trim.ts';
import type { Writer } from './writer.ts';

/** The parts of a store that its log is made of. */
export interface LogParts {
  readonly database: Database;
  readonly writer: Writer;
  readonly following: Following;
  readonly schema: string;
  readonly identity: string;
  check(): Promise<void>;
}

/** The log of a database. */
export function messageLogOf({ database, writer, following, schema, identity, check }: LogParts): MessageLog {
  const rooms = roomsOf(database);

  /** Makes a change that may append an entry. @returns the entry */
  const change = (work: Change): Promise<Entry | undefined> =>
    writer.change(async (log) => {
      const entry = await work(log);
      return [entry, entry === undefined ? [] : [entry]];
    });

  return {
    identity,
    append: (entries, key) => writer.append({ entries, key }),
    async find(sender, key) {
      // Its append may be under way.
      await writer.settled();
      const [row] = await database.read<{ id: number; unknown: string }>(
        'SELECT id, unknown FROM sent WHERE sender = $1 AND key = $2',
        [sender, key],
      );
      return row && ({ duplicateOf: row.id, unknown: JSON.parse(row.unknown) as string[] } satisfies Duplicate);
    },
    async head() {
      const [log] = await database.read<{ head: number }>('SELECT head FROM log');
      return log?.head ?? 0;
    },
    follow: (follower) => following.followers.add(follower),
    followOwn: (follower) => following.own.add(follower),
    catchUp: () => writer.catchUp(),
    gaps: (account, after, upTo, most, keep) => gapsOf(database, account, after, upTo, most, keep),
    ...readingOf(database),
    ...devicesOf(database),
    ...rooms,

    async createRoom(name, facts) {
      const id = await writer.change(async (log) => [await createRoom(log, name, facts), []]);
      return id === undefined ? undefined : ({ id, kind: 'room', name, facts, size: 0 } satisfies Room);
    },
    async setFacts(room, facts) {
      await database.query("UPDATE room SET facts = $2 WHERE id = $1 AND kind = 'room'", [room, JSON.stringify(facts)]);
    },
    async renameRoom(room, name, time) {
      return (await change(renameRoom(room, name, time))) && (await rooms.room(room));
    },
    removeRoom: (room) => writer.change(async (log) => [await removeRoom(log, room), []]),
    async join(room, account, role, time) {
      await change(join(room, account, role, time));
    },
    async leave(room, account, time, forget = false, body = '') {
      await change(leave(room, account, time, forget, body));
    },

    trim: trimmerOf(database, schema),
    removeFrom: (sender) => removeFrom(database, sender),
    check,
  };
}
