import type { DatabaseSync } from 'node:sqlite';
import type { Member, Room, Unread } from 'chatserv';
import { unpack } from './account-set.ts';
import type { prepareAppend } from './append.ts';
import { type EntryRow, EVERYONE } from './entry-rows.ts';
import type { LogEnd } from './log-end.ts';
import { pageSize } from './paging.ts';
import { FIRST_ROOM, prepareRoomsOf, type RoomPosition } from './rooms-of.ts';
import { type Part, prepare } from './rows.ts';
import { Slice } from './slice.ts';
import type { Tail } from './tail.ts';

export interface RoomRow {
  readonly id: number;
  readonly name: string | null;
  readonly members: Uint8Array | null;
  readonly facts: string | null;
}

export const ROOM = 'id, name, members, facts';

export function roomOf({ id, name, members, facts }: RoomRow): Room {
  if (members !== null) return { id, kind: 'direct', name: '', members: unpack(members), facts: {} };
  if (id === EVERYONE) return { id, kind: 'everyone', name: '', facts: {} };
  return { id, kind: 'room', name: name ?? '', facts: JSON.parse(facts ?? '{}') as Room['facts'] };
}

/** Prepares the queries for rooms, members and unread counts. */
export function prepareRooms(db: DatabaseSync, tail: Tail) {
  const { eachRoom } = prepareRoomsOf(db, tail);
  const byId = prepare<RoomRow>(db, `SELECT ${ROOM} FROM room WHERE id = ?`);
  const byKey = prepare<RoomRow>(db, `SELECT ${ROOM} FROM room WHERE key = ?`);
  const named = prepare<RoomRow>(
    db,
    `SELECT ${ROOM} FROM room INDEXED BY room_named WHERE name IS NOT NULL AND id > ? ORDER BY id LIMIT ?`,
  );
  const members = prepare<Member>(
    db,
    `SELECT account, role, since FROM member
     WHERE room = ? AND role IS NOT NULL AND account > ? AND until IS NULL ORDER BY account LIMIT ?`,
  );
  const marker = prepare<{ seq: number }>(db, 'SELECT seq FROM marker WHERE account = ? AND room = ?');

  return {
    room: (id: number): Room | undefined => {
      const row = byId.get(id);
      return row && roomOf(row);
    },
    roomByKey: (key: string): Room | undefined => {
      const row = byKey.get(key);
      return row && roomOf(row);
    },
    rooms: (after: number, limit: number): Room[] => named.all(after, pageSize(limit)).map(roomOf),
    members: (room: number, after: number, limit: number): Member[] =>
      members.all(room, after, pageSize(limit)).map((member) => ({ ...member })),

    /** The rooms that an account is currently in. */
    roomsOf(account: number, kind?: Room['kind'], from: RoomPosition = FIRST_ROOM): Part<Room[], RoomPosition> {
      const found: Room[] = [];
      const after = eachRoom(account, from, new Slice(), ({ room, isDirect, until }) => {
        const isMeant = room !== EVERYONE && until === 0 && (kind === undefined || isDirect === (kind === 'direct'));
        const row = isMeant ? byId.get(room) : undefined;
        if (row !== undefined) found.push(roomOf(row));
        return true;
      });
      return { found, ...(after && { after }) };
    },

    /** The rooms of an account that have entries after its marker. */
    unread(account: number, from: RoomPosition = FIRST_ROOM): Part<Unread[], RoomPosition> {
      const found: Unread[] = [];
      const after = eachRoom(account, from, new Slice(), ({ room, until, seq }) => {
        const read = until > 0 || seq === 0 ? seq : (marker.get(account, room)?.seq ?? 0);
        if (read < seq) found.push({ room, last: seq, marker: read });
        return true;
      });
      return { found, ...(after && { after }) };
    },
  };
}

/** Prepares the statements that create named rooms, join and leave them. */
export function prepareMembership(db: DatabaseSync, end: LogEnd, { appendTo }: ReturnType<typeof prepareAppend>) {
  const create = db.prepare('INSERT OR IGNORE INTO room (id, name, key, facts) VALUES (?, ?, ?, ?)');
  const setFacts = db.prepare('UPDATE room SET facts = ?2 WHERE id = ?1 AND name IS NOT NULL');
  const isNamed = prepare<{ id: number }>(db, 'SELECT id FROM room WHERE id = ? AND name IS NOT NULL');
  const nameOf = prepare<{ name: string }>(db, 'SELECT name FROM accounts WHERE id = ?');
  const memberOf = prepare<{ since: number }>(
    db,
    'SELECT since FROM member WHERE account = ? AND room = ? AND until IS NULL',
  );
  const join = db.prepare('INSERT INTO member (account, room, since, role) VALUES (?, ?, ?, ?)');
  const setRole = db.prepare('UPDATE member SET role = ?4 WHERE account = ?1 AND room = ?2 AND since = ?3');
  const leave = db.prepare('UPDATE member SET until = ?4 WHERE account = ?1 AND room = ?2 AND since = ?3');
  const forget = db.prepare('DELETE FROM member WHERE account = ? AND room = ?');

  const move = (kind: string, room: number, account: number, name: string, time: number): EntryRow => {
    const to = end.room(room);
    if (to === undefined) throw new Error(`there is no room ${room}`);
    return appendTo(to, [room, kind, 1, 0, account, name, '', '', null, null, time, null]);
  };

  return {
    createRoom(name: string, key: string, facts: string): number | undefined {
      const { changes } = create.run(end.rooms + 1, name, key, facts);
      return changes > 0 ? ++end.rooms : undefined;
    },

    setFacts: (room: number, facts: string): void => void setFacts.run(room, facts),

    /** @returns the entry appended; undefined if only the role has changed */
    join(room: number, account: number, role: string, time: number): EntryRow | undefined {
      const { name } = nameOf.get(account) ?? {};
      if (isNamed.get(room) === undefined) throw new Error(`there is no room ${room} to join`);
      if (name === undefined) throw new Error(`there is no account ${account}`);
      const since = memberOf.get(account, room)?.since;
      if (since !== undefined) return void setRole.run(account, room, since, role);
      const row = move('join', room, account, name, time);
      join.run(account, room, row[0], role);
      return row;
    },

    /** @returns the entry appended; undefined if the account was no member */
    leave(room: number, account: number, time: number, forgets: boolean): EntryRow | undefined {
      const { name } = nameOf.get(account) ?? {};
      if (name === undefined || isNamed.get(room) === undefined) return undefined;
      const since = memberOf.get(account, room)?.since;
      const row = since === undefined ? undefined : move('leave', room, account, name, time);
      if (forgets) forget.run(account, room);
      else if (row !== undefined) leave.run(account, room, since ?? 0, row[0]);
      return row;
    },
  };
}
