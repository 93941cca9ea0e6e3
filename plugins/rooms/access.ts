import type { Account, RoomRole } from 'chatserv';
import { declarationOf, type RoomContext } from './context.ts';
import type { KnownRoom } from './facts.ts';
import { bare } from './names.ts';
import { type Action, isAtLeast, LEAST_ROLE } from './policy.ts';

/**
 * Finds a room that an account can see. A private room that it cannot see takes the same steps as one that does not
 * exist.
 * @param room its name, with or without `#`, or its id
 */
export async function findRoom(
  { directory, memberships, invitations }: RoomContext,
  room: string | number,
  { id }: Account,
): Promise<KnownRoom | undefined> {
  await directory.load();
  const known = typeof room === 'number' ? directory.get(room) : directory.find(bare(room));
  const rooms = await memberships.of(id);
  if (known !== undefined && (known.access !== 'private' || rooms.has(known.id))) return known;
  return (await invitations.left(known?.id ?? 0, id)) > 0 ? known : undefined;
}

/** Whether an account is an admin of the server. */
export async function isAdmin({ roles }: RoomContext, account: Account): Promise<boolean> {
  return account.id > 0 && ((await roles?.has(account, 'admin')) ?? false);
}

/**
 * The role in which an account acts in a room that it can see. Admins of the server act as owners. If none of its owners
 * is registered any more, so do the moderators.
 * @param least the role that is needed
 * @returns undefined for an account that is not a member
 */
export async function actingRole(
  context: RoomContext,
  room: KnownRoom,
  account: Account,
  least: RoomRole,
): Promise<RoomRole | undefined> {
  const role = await memberRole(context, room, account);
  if (role === 'owner') return role;
  if (least === 'owner' && role === 'moderator' && !(await hasOwner(context, room))) return 'owner';
  return (await isAdmin(context, account)) ? 'owner' : role;
}

/** The role of an account in a room; undefined for an account that is not a member. */
export async function memberRole(
  { memberships }: RoomContext,
  { id }: KnownRoom,
  account: Account,
): Promise<RoomRole | undefined> {
  return (await memberships.standing(id, account.id))?.role;
}

/** Whether an account may do something in a room. */
export async function mayDo(context: RoomContext, room: KnownRoom, account: Account, action: Action): Promise<boolean> {
  const least = LEAST_ROLE[action];
  return isAtLeast(await actingRole(context, room, account, least), least);
}

/** Whether a room belongs to a user, a plugin or the config. @param except an account that does not count */
export async function hasOwner(context: RoomContext, room: KnownRoom, except = 0): Promise<boolean> {
  if (room.plugin !== '' || declarationOf(context, room) !== undefined) return true;
  const others = room.owners.filter((owner) => owner !== except);
  const members = await Promise.all(others.map((owner) => context.log.member(room.id, owner)));
  return members.some((member) => member?.role === 'owner');
}
