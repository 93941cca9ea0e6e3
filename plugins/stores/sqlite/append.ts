import type { DatabaseSync } from 'node:sqlite';
import type { Duplicate } from 'chatserv';
import { pack } from './account-set.ts';
import {
  COUNTS,
  DIRECT_MOST,
  type EntryRow,
  type MentionPairs,
  type NewEntryRow,
  type OfRoom,
  type Places,
  placeAt,
  REDACTED,
} from './entry-rows.ts';
import type { KeyRow } from './key-tail.ts';
import { type LogEnd, ofRoom, type WrittenRoom } from './log-end.ts';
import type { Redactions } from './redactions.ts';

/** Prepares the statements that append to the log and find messages by key. */
export function prepareAppend(db: DatabaseSync, end: LogEnd, redactions: Pick<Redactions, 'note'>) {
  const insertRoom = db.prepare('INSERT INTO room (id, members) VALUES (?, ?)');
  const redact = `UPDATE entry SET body = '', flags = flags | ${REDACTED} WHERE kind <> 'redaction'`;
  const blank = db.prepare(`${redact} AND id = ?`);
  const blankChanges = db.prepare(`${redact} AND of = ?`);
  const isRedacted = db.prepare(`SELECT 1 FROM entry WHERE id = ? AND flags & ${REDACTED}`);
  const mention = db.prepare('INSERT OR IGNORE INTO mention (account, room, seq, id) VALUES (?, ?, ?, ?)');
  const unmention = db.prepare('DELETE FROM mention WHERE id = ?');

  const findEntry = (sender: number, key: string): Duplicate | undefined =>
    end.keys.find(sender, key, end.lastKnownKey);

  function roomOf(to: number | readonly number[]): WrittenRoom {
    if (typeof to === 'number') {
      const room = end.room(to);
      if (room === undefined) throw new Error(`there is no room ${to}`);
      return room;
    }
    if (to.length < 1 || to.length > DIRECT_MOST) {
      throw new Error(`a direct conversation has 1 to ${DIRECT_MOST} members, and not ${to.length}`);
    }
    const room = end.direct(to);
    if (room !== undefined) return room;
    const made = end.addDirect(to);
    insertRoom.run(made.id, pack(to));
    return made;
  }

  function add(room: WrittenRoom, entry: NewEntryRow, places: (number | OfRoom | null)[]): void {
    const [to, kind, , , , , , , of] = entry;
    if (of !== null) end.flush();
    if (kind === 'redaction' && of !== null) {
      redactions.note(of);
      blank.run(of);
      blankChanges.run(of);
      unmention.run(of);
    } else if (of !== null && isRedacted.get(of) !== undefined) {
      throw new Error(`the entry ${of} was redacted`);
    }
    const previous = room.last;
    const seq = end.add(room, entry);
    places.push(end.head, room.id, seq, previous, typeof to === 'number' ? (ofRoom(room) ?? null) : null);
  }

  return {
    findEntry,
    /**
     * Appends entries, unless the sender has used the key before. They are written by `LogEnd.flush`.
     * @returns their places, or what they duplicate
     */
    append(entries: readonly NewEntryRow[], key?: KeyRow, mentions: MentionPairs = []): Places | Duplicate {
      if (key !== undefined) {
        const before = findEntry(key[0], key[1]);
        if (before !== undefined) return before;
      }
      const first = end.head + 1;
      const places: (number | OfRoom | null)[] = [];
      for (const entry of entries) add(roomOf(entry[0]), entry, places);
      for (let i = 0; i < mentions.length; i += 2) {
        const [id, room, seq] = placeAt(places, mentions[i] ?? 0);
        if (seq > 0) mention.run(mentions[i + 1] ?? 0, room, seq, id);
      }
      if (key !== undefined) end.keys.add(first, key);
      return places;
    },
    /** Appends one entry to a named room. @returns its row */
    appendTo(room: WrittenRoom, entry: NewEntryRow): EntryRow {
      const { last } = room;
      add(room, entry, []);
      const [, kind, version, flags, ...columns] = entry;
      return [room.last, room.id, flags & COUNTS ? room.seq : 0, last, kind, version, flags, ...columns, room.name];
    },
  };
}
