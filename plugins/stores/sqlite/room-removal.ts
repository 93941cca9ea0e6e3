import type { DatabaseSync } from 'node:sqlite';
import type { RoomRetention } from 'chatserv';
import { EVERYONE } from './entry-rows.ts';
import type { Forgetting } from './forget.ts';
import type { LogEnd } from './log-end.ts';
import { prepare } from './rows.ts';
import type { Slice } from './slice.ts';

/** How many rows to look up at a time. */
const PAGE = 100;

interface DatedPlace {
  readonly id: number;
  readonly seq: number;
  readonly time: number;
}

/** Prepares the removal of entries beyond a room's retention, and of what is left of removed rooms. */
export function prepareRoomRemoval(
  db: DatabaseSync,
  end: LogEnd,
  { forget, settle }: Pick<Forgetting, 'forget' | 'settle'>,
) {
  const oldest = prepare<DatedPlace>(
    db,
    `SELECT place.id, seq, time FROM place CROSS JOIN entry ON entry.id = place.id
     WHERE place.room = ? AND place.id > ? AND place.id <= ? ORDER BY place.id LIMIT ?`,
  );
  const places = prepare<{ id: number }>(db, `SELECT id FROM place WHERE room = ? ORDER BY id LIMIT ${PAGE}`);
  const nextRemoved = prepare<{ id: number }>(
    db,
    `SELECT id FROM room WHERE name IS NULL AND members IS NULL AND id > ${EVERYONE} AND id >= ? ORDER BY id LIMIT 1`,
  );
  const members = prepare<{ account: number; since: number }>(
    db,
    `SELECT account, since FROM member WHERE room = ? AND role IS NOT NULL ORDER BY account, since LIMIT ${PAGE}`,
  );
  const removeMember = db.prepare('DELETE FROM member WHERE account = ? AND room = ? AND since = ?');
  const removeRoom = db.prepare('DELETE FROM room WHERE id = ?');

  return {
    /**
     * Removes a room's oldest entries. One that does not count as unread goes with the entry after it that does, or by its
     * time. A time in the future says nothing about an entry's age.
     * @param after the id to start after
     * @returns the id after which the next slice continues; undefined at the end
     */
    forgetBeyond(room: number, after: number, limit: RoomRetention, now: number, slice: Slice): number | undefined {
      const cut = (end.room(room)?.seq ?? 0) - limit.most;
      let kept: number[] = [];
      let at = after;
      for (let page = 1; ; page = PAGE) {
        const rows = oldest.all(room, at, end.indexed, page);
        for (const { id, seq, time } of rows) {
          if (slice.isOver) return kept[0] === undefined ? at : kept[0] - 1;
          slice.visit();
          at = id;
          if (time < limit.before || (seq > 0 && seq <= cut)) {
            for (const one of [...kept, id]) forget(room, one, slice);
            kept = [];
          } else if (seq > 0 && time <= now) return undefined;
          else kept.push(id);
          if (kept.length >= PAGE) return undefined;
        }
        if (rows.length < page) return undefined;
      }
    },

    /**
     * Removes what is left of removed rooms, from a room on.
     * @returns the room with which the next slice continues; undefined at the end
     */
    forgetRemoved(from: number, _after: number, slice: Slice): readonly [room: number, after: number] | undefined {
      for (let at = from; ; slice.visit()) {
        const room = nextRemoved.get(at)?.id;
        if (room === undefined) return undefined;
        for (;;) {
          if (slice.isOver) return [room, 0];
          const left = members.all(room);
          for (const { account, since } of left) {
            slice.remove();
            removeMember.run(account, room, since);
          }
          const entries = left.length > 0 ? [] : places.all(room);
          for (const { id } of entries) forget(room, id, slice);
          settle();
          if (left.length === 0 && entries.length === 0) break;
        }
        // Entries that are not indexed yet come later.
        if (!end.tail.some((entry) => entry.room === room)) {
          removeRoom.run(room);
          end.forget(room);
        }
        at = room + 1;
      }
    },
  };
}
