import type { Retention } from 'chatserv';
import type { Database, Queryable } from './database.ts';
import { forget } from './forget.ts';
import { AT_ONCE, atMost, toInt8 } from './limits.ts';
import { doomedIn, roomsWithEntries } from './trim-rooms.ts';

/** Keeps two processes from trimming at once: `trim` in ASCII, and the schema's name. */
const LOCK = 0x7472696d;

/** A position within a stage, such as the last id it has looked at. */
type Position = readonly number[];

/** Continues a stage by one slice. @returns its new position, or undefined when the stage is done */
type Stage = (transaction: Queryable, position: Position, retention: Retention) => Promise<Position | undefined>;

/** Removes devices that have not been seen for long, except each account's last seen one. */
const devices: Stage = async ({ query }, [at = 0], { devicesSince }) => {
  if (devicesSince === undefined) return undefined;
  const [page] = await query<{ last: number | null; rows: number }>(
    `SELECT max(account) AS last, count(*) AS rows FROM
       (SELECT account FROM cursor WHERE account > $1 ORDER BY account LIMIT ${AT_ONCE}) AS page`,
    [at],
  );
  const last = page?.last;
  if (typeof last !== 'number') return undefined;
  await query(
    `DELETE FROM cursor WHERE account > $1 AND account <= $2 AND seen < $3 AND EXISTS (
       SELECT 1 FROM cursor other WHERE other.account = cursor.account AND (other.seen, other.device) > (cursor.seen, cursor.device)
     )`,
    [at, last, toInt8(devicesSince)],
  );
  return [last];
};

/** Removes what is left of removed rooms. */
const removedRooms: Stage = async (transaction) => {
  const { query } = transaction;
  const [room] = await query<{ id: number }>("SELECT id FROM room WHERE kind = 'removed' ORDER BY id LIMIT 1");
  if (room === undefined) return undefined;
  const entries = await query<{ id: number }>(`SELECT id FROM entry WHERE room = $1 ORDER BY id LIMIT ${AT_ONCE}`, [
    room.id,
  ]);
  if (entries.length > 0) {
    await forget(
      transaction,
      entries.map(({ id }) => id),
    );
    return [];
  }
  const members = await query(
    `DELETE FROM member WHERE (account, room, since) IN
       (SELECT account, room, since FROM member WHERE room = $1 LIMIT ${AT_ONCE}) RETURNING 1`,
    [room.id],
  );
  if (members.length < AT_ONCE) await query("DELETE FROM room WHERE id = $1 AND kind = 'removed'", [room.id]);
  return [];
};

/** Removes the oldest entries while there are more than `most`. */
const tooMany: Stage = async (transaction, _position, { most }) => {
  const [log] = await transaction.query<{ entries: number }>(
    'SELECT head - entries AS entries FROM log CROSS JOIN removal',
  );
  const over = (log?.entries ?? 0) - atMost(most);
  if (over <= 0) return undefined;
  const rows = await transaction.query<{ id: number }>('SELECT id FROM entry ORDER BY id LIMIT $1', [
    Math.min(over, AT_ONCE),
  ]);
  await forget(
    transaction,
    rows.map(({ id }) => id),
  );
  return rows.length < AT_ONCE ? undefined : [];
};

/** Removes entries older than `before`. An entry is never older than its predecessors. */
const tooOld: Stage = async (transaction, [at = 0], { before, now = Number.POSITIVE_INFINITY }) => {
  const rows = await transaction.query<{ id: number; time: number }>(
    `SELECT id, time FROM entry WHERE id > $1 ORDER BY id LIMIT ${AT_ONCE}`,
    [at],
  );
  // A time in the future says nothing about the age of later entries.
  const young = rows.findIndex(({ time }) => time >= before && time <= now);
  const old = young < 0 ? rows : rows.slice(0, young);
  await forget(
    transaction,
    old.filter(({ time }) => time < before).map(({ id }) => id),
  );
  return young < 0 && rows.length === AT_ONCE ? [rows.at(-1)?.id ?? 0] : undefined;
};

/** Removes the entries beyond a room's retention or, where it has none, those that everyone has. */
const byRoom: Stage = async (transaction, [at = 0], retention) => {
  const rooms = await roomsWithEntries(transaction, at);
  const last = rooms.at(-1);
  if (last === undefined) return undefined;
  const doomed = await doomedIn(transaction, rooms, retention);
  await forget(transaction, doomed);
  return [doomed.length < AT_ONCE ? last : at];
};

/** Removes past memberships without any entries left. */
const memberships: Stage = async ({ query }, [room = 0, account = 0, since = -1]) => {
  const rows = await query<{ room: number; account: number; since: number; until: number; over: boolean }>(
    `SELECT room, account, since, until, NOT EXISTS
       (SELECT 1 FROM entry WHERE entry.room = member.room AND id > since AND id < until) AS over
     FROM member WHERE until > 0 AND (room, account, since) > ($1, $2, $3) ORDER BY room, account, since LIMIT ${AT_ONCE}`,
    [room, account, since],
  );
  const over = rows.filter((row) => row.over);
  if (over.length > 0) {
    await query(
      `DELETE FROM member USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS past (room, account, since)
       WHERE member.room = past.room AND member.account = past.account AND member.since = past.since AND until > 0`,
      [over.map((row) => row.room), over.map((row) => row.account), over.map((row) => row.since)],
    );
  }
  const last = rows.at(-1);
  return last === undefined || rows.length < AT_ONCE ? undefined : [last.room, last.account, last.since];
};

/** Removes expired keys, and those of all but the last `most` entries. A key is never older than its predecessors. */
const keys: Stage = async ({ query }, [at = 0], { most, keysSince, now = Number.POSITIVE_INFINITY }) => {
  const [log] = await query<{ head: number }>('SELECT head FROM log');
  const upTo = (log?.head ?? 0) - atMost(most);
  const rows = await query<{ id: number; time: number }>(
    `SELECT id, time FROM sent WHERE id > $1 ORDER BY id LIMIT ${AT_ONCE}`,
    [at],
  );
  const valid = rows.findIndex(({ id, time }) => id > upTo && time >= keysSince && time <= now);
  const looked = valid < 0 ? rows : rows.slice(0, valid);
  const old = looked.filter(({ id, time }) => id <= upTo || time < keysSince);
  await query('DELETE FROM sent WHERE id = ANY ($1::bigint[])', [old.map(({ id }) => id)]);
  return valid < 0 && rows.length === AT_ONCE ? [rows.at(-1)?.id ?? 0] : undefined;
};

const STAGES: readonly Stage[] = [devices, removedRooms, tooMany, tooOld, byRoom, memberships, keys];

/** Makes the trimming of a log, a slice per call, each in a short transaction. One process trims at a time. */
export function trimmerOf(database: Database, schema: string): (retention: Retention) => Promise<boolean> {
  let stage = 0;
  let position: Position = [];

  return async (retention) => {
    const next = await database.transaction(async (transaction) => {
      const [lock] = await transaction.query<{ mine: boolean }>(
        'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine',
        [LOCK, schema],
      );
      // Another process trims: it removes the same.
      if (!lock?.mine) return { stage: STAGES.length, position: [] };
      for (let number = stage, at: Position | undefined = position; ; number++, at = []) {
        const work = STAGES[number];
        if (work === undefined) return { stage: number, position: [] };
        const reached = await work(transaction, at, retention);
        if (reached !== undefined) return { stage: number, position: reached };
      }
    });
    const isDone = next.stage >= STAGES.length;
    [stage, position] = isDone ? [0, []] : [next.stage, next.position];
    return !isDone;
  };
}
