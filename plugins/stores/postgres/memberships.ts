import { type Entry, nameKey, type Room } from 'chatserv';
import { MOVE_MARKERS } from './devices.ts';
import type { OpenRoom } from './log-rows.ts';
import type { LogTransaction } from './log-transaction.ts';

/** The name of the sender of entries from no account. */
const SERVER = '*server*';

/** The entry that a change of a room appends; undefined if it appends none. */
export type Change = (log: LogTransaction) => Promise<Entry | undefined>;

async function namedRoom(log: LogTransaction, id: number): Promise<OpenRoom | undefined> {
  await log.load({ rooms: [id], conversations: [], keys: [], changed: [] });
  const room = log.room(id);
  return room?.name === undefined ? undefined : room;
}

function add(log: LogTransaction, room: OpenRoom, kind: string, sender: number, from: string, time: number, body = '') {
  const plain = { to: { room: room.id }, version: 1, counts: false, device: '', toSender: false };
  return log.add(room, { ...plain, kind, sender, from, body, time });
}

/** Creates a named room. @returns its id, or undefined if the name is taken */
export async function createRoom(log: LogTransaction, name: string, facts: Room['facts']): Promise<number | undefined> {
  const created = await log.transaction.query(
    `INSERT INTO room (id, kind, name, key, facts) VALUES ($1, 'room', $2, $3, $4) ON CONFLICT (key) DO NOTHING
     RETURNING id`,
    [log.lastRoom + 1, name, nameKey(name), JSON.stringify(facts)],
  );
  return created.length > 0 ? ++log.lastRoom : undefined;
}

/** @throws when there is no such named room */
export function renameRoom(id: number, name: string, time: number): Change {
  return async (log) => {
    const room = await namedRoom(log, id);
    if (room === undefined) throw new Error(`there is no room ${id} to rename`);
    const renamed = await log.transaction.query(
      `UPDATE room SET name = $2, key = $3
       WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM room WHERE key = $3 AND id <> $1) RETURNING id`,
      [id, name, nameKey(name)],
    );
    if (renamed.length === 0) return undefined;
    await log.flush();
    log.forgetRooms();
    const again = (await namedRoom(log, id)) as OpenRoom;
    return add(log, again, 'rename', 0, SERVER, time, JSON.stringify(name));
  };
}

export async function removeRoom(log: LogTransaction, id: number): Promise<void> {
  await log.flush();
  await log.transaction.query(
    "UPDATE room SET kind = 'removed', name = '', key = NULL, facts = '{}' WHERE id = $1 AND kind = 'room'",
    [id],
  );
  log.forgetRooms();
}

interface MemberRow {
  readonly name: string;
  /** Where its current membership began. */
  readonly since: number | null;
}

async function memberIn(log: LogTransaction, room: number, account: number): Promise<MemberRow | undefined> {
  const [row] = await log.transaction.query<MemberRow>(
    `SELECT name, (SELECT since FROM member WHERE account = $1 AND room = $2 AND until = 0) AS since
     FROM account WHERE id = $1`,
    [account, room],
  );
  return row;
}

/** @throws when the room or the account does not exist */
export function join(id: number, account: number, role: string, time: number): Change {
  return async (log) => {
    const room = await namedRoom(log, id);
    if (room === undefined) throw new Error(`there is no room ${id} to join`);
    const member = await memberIn(log, id, account);
    if (member === undefined) throw new Error(`there is no account ${account}`);
    if (member.since !== null) {
      await log.transaction.query('UPDATE member SET role = $4 WHERE account = $1 AND room = $2 AND since = $3', [
        account,
        id,
        member.since,
        role,
      ]);
      return undefined;
    }
    const entry = add(log, room, 'join', account, member.name, time);
    await log.transaction.query('INSERT INTO member (account, room, since, role) VALUES ($1, $2, $3, $4)', [
      account,
      id,
      entry.id,
      role,
    ]);
    await log.transaction.query('UPDATE room SET size = size + 1 WHERE id = $1', [id]);
    // What was said before is not for the account.
    await log.transaction.query(MOVE_MARKERS, [[account], [id], [room.seq]]);
    return entry;
  };
}

export function leave(id: number, account: number, time: number, forget: boolean, body: string): Change {
  return async (log) => {
    const room = await namedRoom(log, id);
    const member = room && (await memberIn(log, id, account));
    if (room === undefined || member === undefined) return undefined;
    const entry = member.since === null ? undefined : add(log, room, 'leave', account, member.name, time, body);
    if (entry !== undefined) {
      await log.transaction.query('UPDATE member SET until = $3 WHERE account = $1 AND room = $2 AND until = 0', [
        account,
        id,
        entry.id,
      ]);
      await log.transaction.query('UPDATE room SET size = size - 1 WHERE id = $1', [id]);
    }
    if (forget) await log.transaction.query('DELETE FROM member WHERE account = $1 AND room = $2', [account, id]);
    return entry;
  };
}

/**
 * Removes an account with its devices, markers and memberships. Trimming removes its conversations without any other
 * account. What it said stays in the log.
 */
export async function removeAccount(log: LogTransaction, account: number): Promise<void> {
  const { transaction } = log;
  await log.flush();
  // First, as in every transaction that changes an account.
  await transaction.query('SELECT 1 FROM account WHERE id = $1 FOR UPDATE', [account]);
  await transaction.query(
    `UPDATE room SET size = size - 1 FROM member
     WHERE member.account = $1 AND until = 0 AND role IS NOT NULL AND room.id = member.room`,
    [account],
  );
  await transaction.query(
    `UPDATE room SET kind = 'removed', members = NULL, spoke = '{}' FROM member own
     WHERE own.account = $1 AND room.id = own.room AND room.kind = 'direct'
       AND NOT EXISTS (SELECT 1 FROM member other WHERE other.room = room.id AND other.account <> $1)`,
    [account],
  );
  for (const table of ['member', 'cursor', 'marker', 'contact', 'mention', 'skeleton']) {
    await transaction.query(`DELETE FROM ${table} WHERE account = $1`, [account]);
  }
  await transaction.query(
    `WITH gone AS (DELETE FROM account WHERE id = $1 RETURNING id)
     UPDATE accounts SET revision = revision + 1 WHERE EXISTS (SELECT 1 FROM gone)`,
    [account],
  );
  log.forgetRooms();
}
