import type { DatabaseSync } from 'node:sqlite';
import type { Member, Room } from 'chatserv';
import { pack, unpack } from './account-set.ts';
import type { prepareAppend } from './append.ts';
import { MOVE_MARKER } from './devices.ts';
import { type EntryRow, EVERYONE } from './entry-rows.ts';
import type { LogEnd, WrittenRoom } from './log-end.ts';
import { pageSize } from './paging.ts';
import { FIRST_ROOM, prepareRoomsOf, type RoomPosition } from './rooms-of.ts';
import { type Part, prepare } from './rows.ts';
import { Slice } from './slice.ts';
import type { Tail, TailRoom } from './tail.ts';

export interface RoomRow {
  readonly id: number;
  readonly name: string | null;
  readonly members: Uint8Array | null;
  readonly facts: string | null;
  readonly size: number;
}

export const ROOM = 'id, name, members, facts, size';

/** A condition that leaves out named rooms that were removed. */
export const EXISTS = `(name IS NOT NULL OR members IS NOT NULL OR id = ${EVERYONE})`;

export function roomOf({ id, name, members, facts, size }: RoomRow): Room {
  if (members !== null) return { id, kind: 'direct', name: '', members: unpack(members), facts: {}, size: 0 };
  if (id === EVERYONE) return { id, kind: 'everyone', name: '', facts: {}, size: 0 };
  return { id, kind: 'room', name: name ?? '', facts: JSON.parse(facts ?? '{}') as Room['facts'], size };
}

/** Prepares the queries for rooms and members. */
export function prepareRooms(db: DatabaseSync, tail: Tail) {
  const { eachRoom } = prepareRoomsOf(db, tail);
  const byId = prepare<RoomRow>(db, `SELECT ${ROOM} FROM room WHERE id = ? AND ${EXISTS}`);
  const direct = prepare<RoomRow>(
    db,
    `SELECT ${ROOM} FROM room WHERE id = (SELECT room FROM direct WHERE direct.members = ?)`,
  );
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

  return {
    room: (id: number): Room | undefined => {
      const row = byId.get(id);
      return row && roomOf(row);
    },
    roomByKey: (key: string): Room | undefined => {
      const row = byKey.get(key);
      return row && roomOf(row);
    },
    /** @param members ids in ascending order */
    roomOfMembers(members: readonly number[]): Room | undefined {
      const [first = -1] = members;
      const isIt = (room: TailRoom) => room.members.join() === members.join();
      const row = direct.get(pack(members));
      if (row !== undefined && row.id <= tail.roomsIndexed) return roomOf(row);
      const made = tail.roomsOf(first).find(isIt);
      return made && { id: made.id, kind: 'direct', name: '', members: made.members, facts: {}, size: 0 };
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
  };
}

/** The name of the sender of entries from no account. */
const SERVER = '*server*';

/** Prepares the statements that create named rooms, change, join and leave them. */
export function prepareMembership(db: DatabaseSync, end: LogEnd, { appendTo }: ReturnType<typeof prepareAppend>) {
  const create = db.prepare('INSERT OR IGNORE INTO room (id, name, key, facts) VALUES (?, ?, ?, ?)');
  const setFacts = db.prepare('UPDATE room SET facts = ?2 WHERE id = ?1 AND name IS NOT NULL');
  const isNamed = prepare<{ id: number }>(db, 'SELECT id FROM room WHERE id = ? AND name IS NOT NULL');
  const rename = db.prepare('UPDATE OR IGNORE room SET name = ?2, key = ?3 WHERE id = ?1 AND name IS NOT NULL');
  const remove = db.prepare('UPDATE room SET name = NULL, key = NULL, facts = NULL WHERE id = ? AND name IS NOT NULL');
  const nameOf = prepare<{ name: string }>(db, 'SELECT name FROM accounts WHERE id = ?');
  const memberOf = prepare<{ since: number }>(
    db,
    'SELECT since FROM member WHERE account = ? AND room = ? AND until IS NULL',
  );
  const join = db.prepare('INSERT INTO member (account, room, since, role) VALUES (?, ?, ?, ?)');
  const moveMarker = db.prepare(MOVE_MARKER);
  const setRole = db.prepare('UPDATE member SET role = ?4 WHERE account = ?1 AND room = ?2 AND since = ?3');
  const leave = db.prepare('UPDATE member SET until = ?4 WHERE account = ?1 AND room = ?2 AND since = ?3');
  const forget = db.prepare('DELETE FROM member WHERE account = ? AND room = ?');

  const move = (kind: string, room: number, account: number, name: string, time: number, body = ''): EntryRow => {
    const to = end.room(room);
    if (to === undefined) throw new Error(`there is no room ${room}`);
    return appendTo(to, [room, kind, 1, 0, account, name, '', body, null, null, time, null]);
  };

  return {
    createRoom(name: string, key: string, facts: string): number | undefined {
      const { changes } = create.run(end.rooms + 1, name, key, facts);
      return changes > 0 ? ++end.rooms : undefined;
    },

    setFacts: (room: number, facts: string): void => void setFacts.run(room, facts),

    /** @returns the entry appended; undefined if the name is taken */
    renameRoom(room: number, name: string, key: string, time: number): EntryRow | undefined {
      if (isNamed.get(room) === undefined) throw new Error(`there is no room ${room} to rename`);
      if (rename.run(room, name, key).changes === 0) return undefined;
      const to = end.room(room) as WrittenRoom;
      to.name = name;
      return appendTo(to, [room, 'rename', 1, 0, 0, SERVER, '', JSON.stringify(name), null, null, time, null]);
    },

    removeRoom(room: number): void {
      if (remove.run(room).changes > 0) end.forget(room);
    },

    /** @returns the entry appended; undefined if only the role has changed */
    join(room: number, account: number, role: string, time: number): EntryRow | undefined {
      const { name } = nameOf.get(account) ?? {};
      if (isNamed.get(room) === undefined) throw new Error(`there is no room ${room} to join`);
      if (name === undefined) throw new Error(`there is no account ${account}`);
      const since = memberOf.get(account, room)?.since;
      if (since !== undefined) return void setRole.run(account, room, since, role);
      const row = move('join', room, account, name, time);
      join.run(account, room, row[0], role);
      // What was said before is not for the account.
      moveMarker.run(account, room, end.room(room)?.seq ?? 0);
      return row;
    },

    /** @returns the entry appended; undefined if the account was no member */
    leave(room: number, account: number, time: number, forgets: boolean, body: string): EntryRow | undefined {
      const { name } = nameOf.get(account) ?? {};
      if (name === undefined || isNamed.get(room) === undefined) return undefined;
      const since = memberOf.get(account, room)?.since;
      const row = since === undefined ? undefined : move('leave', room, account, name, time, body);
      if (forgets) forget.run(account, room);
      else if (row !== undefined) leave.run(account, room, since ?? 0, row[0]);
      return row;
    },
  };
}
