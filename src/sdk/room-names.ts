import type { Room } from '../api/entry.ts';
import type { Accounts } from '../services/accounts.ts';
import type { MessageLog } from '../services/message-log.ts';

/** In place of the name of an account that no longer exists; no user can have it. */
const REMOVED = '*removed*';

/** The sender of messages of no account may be a member of a conversation. */
const SERVER = '*server*';

/** A room as its account knows it. */
export interface NamedRoom {
  readonly room: number;
  readonly kind: Room['kind'];
  /** The name of a named room, with `#`. */
  readonly roomName?: string;
  /** The names of the other members of a direct conversation; one's own in a conversation with oneself. */
  readonly members?: readonly string[];
}

/** The services that know the names of rooms and their members. */
export interface RoomNames {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
}

/** Names rooms as an account knows them, in the same order, without those that no longer exist. */
export async function nameRooms(
  ids: readonly number[],
  account: number,
  { accounts, messageLog }: RoomNames,
): Promise<NamedRoom[]> {
  // In parallel, so that the store answers them in one batch.
  const found = await Promise.all(ids.map((id) => messageLog.room(id)));
  const rooms = found.filter((room) => room !== undefined);
  const members = new Set(rooms.flatMap((room) => othersIn(room, account)));
  const named = await Promise.all([...members].map(async (id) => [id, await nameOf(id, accounts)] as const));
  const names = new Map(named);
  return rooms.map((room) => {
    const { id, kind, name } = room;
    if (kind === 'room') return { room: id, kind, roomName: `#${name}` };
    if (kind === 'everyone') return { room: id, kind };
    return { room: id, kind, members: othersIn(room, account).map((member) => names.get(member) ?? REMOVED) };
  });
}

/** The room as a person writes it in a command: `#lab`, `everyone`, `bob` or `(bob carol)`. */
export function roomAsTyped({ kind, roomName, members = [] }: NamedRoom): string {
  if (kind === 'everyone') return 'everyone';
  if (roomName !== undefined) return roomName;
  return members.length === 1 ? String(members[0]) : `(${members.join(' ')})`;
}

function othersIn({ members = [] }: Room, account: number): readonly number[] {
  const others = members.filter((member) => member !== account);
  return others.length > 0 ? others : members;
}

async function nameOf(id: number, accounts: Accounts): Promise<string> {
  if (id === 0) return SERVER;
  return (await accounts.get(id))?.name ?? REMOVED;
}
