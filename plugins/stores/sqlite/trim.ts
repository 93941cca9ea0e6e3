import type { DatabaseSync } from 'node:sqlite';
import type { Retention, RoomRetention } from 'chatserv';
import { unpack } from './account-set.ts';
import { EVERYONE } from './entry-rows.ts';
import { ALL, type Forgetting } from './forget.ts';
import { LOG_ROW, type LogEnd, type LogRow } from './log-end.ts';
import { prepareRoomRemoval } from './room-removal.ts';
import { atMost, prepare } from './rows.ts';
import { Slice } from './slice.ts';
import { prepareWaiting } from './waiting.ts';

/** How many rows to look up at a time. */
const PAGE = 100;

/** A position within a stage: a room or account, and an entry of it. */
type Place = readonly [at: number, after: number];

const START: Place = [0, 0];

/** A position within a round of trimming: its stage, and the position within that. */
export type TrimPosition = readonly [stage: number, ...Place];

/** Continues a stage. @returns its new position, or undefined when the stage is done */
type Stage = (place: Place, retention: Retention, slice: Slice) => Place | undefined;

/**
 * Prepares the trimming of the indexed log, in rounds of the stages below. No stage looks at every entry for every
 * account: a round costs the entries it removes, one look at each room with entries, and one at each of their members.
 */
export function prepareTrim(db: DatabaseSync, end: LogEnd, { forget, forgetHad, settle }: Forgetting) {
  const log = prepare<LogRow>(db, LOG_ROW);
  const oldest = prepare<{ id: number; room: number; time: number }>(
    db,
    'SELECT id, room, time FROM entry WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
  );
  const nextRoom = prepare<{ room: number; first: number; members: Uint8Array | null; spoke: Uint8Array | null }>(
    db,
    `SELECT place.room, place.id AS first, members, spoke FROM place CROSS JOIN room ON room.id = place.room
     WHERE place.room >= ? ORDER BY place.room, place.id LIMIT 1`,
  );
  const left = prepare<{ room: number; account: number }>(
    db,
    `SELECT DISTINCT room, account FROM member WHERE until IS NOT NULL AND (room, account) > (?, ?)
     ORDER BY room, account LIMIT ${PAGE}`,
  );
  const removeLeft = db.prepare(
    `DELETE FROM member WHERE account = ?1 AND room = ?2 AND until <= ?3 AND NOT EXISTS
       (SELECT 1 FROM place WHERE place.room = ?2 AND place.id > since AND place.id < until)`,
  );
  const devices = prepare<{ account: number; devices: number; oldest: number; latest: number }>(
    db,
    `SELECT account, count(*) AS devices, min(seen) AS oldest, max(seen) AS latest FROM cursor WHERE account > ?
     GROUP BY account ORDER BY account LIMIT ${PAGE}`,
  );
  const expire = db.prepare('DELETE FROM cursor WHERE account = ? AND seen < ?');
  const expireAllButOne = db.prepare(
    `DELETE FROM cursor WHERE account = ?1 AND device <>
       (SELECT device FROM cursor WHERE account = ?1 AND seen = ?2 ORDER BY device LIMIT 1)`,
  );
  const oldestKeys = prepare<{ id: number; sender: number; key: string; time: number }>(
    db,
    'SELECT id, sender, key, time FROM sent WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
  );
  const removeSent = db.prepare('DELETE FROM sent WHERE id = ?');
  const removeKey = db.prepare('DELETE FROM sent_key WHERE sender = ? AND key = ?');
  const { forgetBeyond, forgetRemoved } = prepareRoomRemoval(db, end, { forget, settle });
  const { waitingForEveryone, waitingForConversation, waitingForRoom, lookAnew } = prepareWaiting(db);

  /** Calls `act` for all rows of a query, a page at a time. @returns false if the slice ended first */
  function each<Row>(slice: Slice, rows: () => readonly Row[], act: (row: Row) => void): boolean {
    for (;;) {
      const page = rows();
      for (const row of page) {
        if (slice.isOver) return false;
        slice.visit();
        act(row);
      }
      if (page.length < PAGE) return true;
    }
  }

  /** Removes devices that have not been seen for long, except each account's last seen one. */
  const expired: Stage = ([at], { devicesSince }, slice) => {
    if (devicesSince === undefined) return undefined;
    let account = at;
    const done = each(
      slice,
      () => devices.all(account),
      (row) => {
        account = row.account;
        if (row.devices === 1 || row.oldest >= devicesSince) return;
        slice.remove();
        if (row.latest >= devicesSince) expire.run(account, devicesSince);
        else expireAllButOne.run(account, row.latest);
      },
    );
    return done ? undefined : [account, 0];
  };

  /** Removes what is left of removed rooms. */
  const removed: Stage = ([at, after], _retention, slice) => forgetRemoved(at, after, slice);

  /** Removes the oldest entries while there are more than `most`. */
  const tooMany: Stage = (place, { most }, slice) => {
    let over = (log.get()?.entries ?? 0) + end.tail.length - atMost(most);
    const done = each(
      slice,
      () => oldest.all(0, end.indexed, Math.min(PAGE, Math.max(0, over))),
      ({ id, room }) => {
        forget(room, id, slice);
        over--;
      },
    );
    settle();
    return done ? undefined : place;
  };

  /** Removes entries older than `before`. An entry is never older than its predecessors. */
  const tooOld: Stage = ([at], { before, now = ALL }, slice) => {
    let place = at;
    // A time in the future says nothing about the age of later entries.
    const isYoung = (time = now) => time >= before && time <= now;
    let reached = isYoung(oldest.get(place, end.indexed, 1)?.time);
    const done = each(
      slice,
      () => (reached ? [] : oldest.all(place, end.indexed, PAGE)),
      ({ id, room, time }) => {
        reached ||= isYoung(time);
        if (reached) return;
        place = id;
        if (time < before) forget(room, id, slice);
      },
    );
    return done ? undefined : [place, 0];
  };

  function waitingFor(room: number, first: number, members: Uint8Array | null, slice: Slice) {
    if (members !== null) return waitingForConversation(unpack(members));
    return room === EVERYONE ? waitingForEveryone() : waitingForRoom(room, first, slice);
  }

  const limitOf = (room: number, { rooms, history }: Retention): RoomRetention | undefined =>
    rooms?.has(room) ? rooms.get(room) : history;

  /** Removes the entries beyond a room's retention or, where it has none, those that everyone has read. */
  const byRoom: Stage = (place, retention, slice) => {
    for (let [at, after] = place; ; slice.visit()) {
      if (slice.isOver) return [at, after];
      const next = nextRoom.get(at);
      if (next === undefined) return undefined;
      const { room, first, members, spoke } = next;
      // The room where the last slice ended may be empty by now.
      if (room !== at) after = 0;
      at = room;
      const limit = limitOf(room, retention);
      if (limit !== undefined) {
        const stopped = forgetBeyond(room, after, limit, retention.now ?? ALL, slice);
        if (stopped !== undefined) return [at, stopped];
      } else {
        const waiting = waitingFor(room, first, members, slice);
        // The members of a large room take several slices.
        if (waiting === undefined) return [at, after];
        const stopped = forgetHad(room, after, waiting, slice, first, spoke === null ? undefined : unpack(spoke));
        if (stopped !== undefined) return [at, stopped];
      }
      [at, after] = [room + 1, 0];
    }
  };

  /** Removes past memberships without any entries left. */
  const over: Stage = ([at, from], _retention, slice) => {
    let place: Place = [at, from];
    const done = each(
      slice,
      () => left.all(...place),
      ({ room, account }) => {
        place = [room, account];
        if (Number(removeLeft.run(account, room, end.indexed).changes) > 0) slice.remove();
      },
    );
    return done ? undefined : place;
  };

  /** Removes expired keys, and those of all but the last `most` entries. A key is never older than its predecessors. */
  const oldSent: Stage = ([at], { most, keysSince, now = ALL }, slice) => {
    const upTo = end.head - atMost(most);
    let place = at;
    let reached = false;
    const done = each(
      slice,
      () => (reached ? [] : oldestKeys.all(place, end.indexed, PAGE)),
      ({ id, sender, key, time }) => {
        // As for entries, a time in the future says nothing about later keys.
        reached ||= id > upTo && time >= keysSince && time <= now;
        if (reached) return;
        place = id;
        if (id > upTo && time >= keysSince) return;
        slice.remove();
        removeSent.run(id);
        removeKey.run(sender, key);
      },
    );
    return done ? undefined : [place, 0];
  };

  const stages: readonly Stage[] = [expired, removed, tooMany, tooOld, byRoom, over, oldSent];

  /** Trims for one slice. @param from where the last slice ended @returns where to continue; undefined at the end */
  return (retention: Retention, from?: TrimPosition): TrimPosition | undefined => {
    const slice = new Slice();
    if (from === undefined) lookAnew();
    let [number, ...place] = from ?? [0, ...START];
    for (let stage = stages[number]; stage !== undefined; stage = stages[number]) {
      if (slice.isOver) break;
      const stopped = stage(place, retention, slice);
      if (stopped !== undefined) {
        settle();
        return [number, ...stopped];
      }
      number++;
      place = [...START];
    }
    settle();
    return number < stages.length ? [number, ...place] : undefined;
  };
}
