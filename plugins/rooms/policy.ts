import type { RoomRole } from 'chatserv';

/** The roles in a room, from the least. */
export const ROLES = ['reader', 'member', 'speaker', 'moderator', 'owner'] as const satisfies readonly RoomRole[];

/**
 * What members may do, and the least role for it. An account with the role `admin` on the server counts as an owner of
 * every room that it can see, except for posting, which takes a membership.
 */
export const LEAST_ROLE = {
  'list members': 'reader',
  post: 'member',
  'post where only moderators may': 'speaker',
  'post in slow mode without waiting': 'moderator',
  'set the topic where members may': 'member',
  'set the topic': 'moderator',
  'decide who sets the topic': 'moderator',
  invite: 'moderator',
  'kick, mute and ban': 'moderator',
  'list bans, mutes and invitations': 'moderator',
  'limit posting': 'moderator',
  'give roles': 'owner',
  'change access': 'owner',
  rename: 'owner',
  archive: 'owner',
  delete: 'owner',
} as const satisfies Readonly<Record<string, RoomRole>>;

/** Something that only some members may do. */
export type Action = keyof typeof LEAST_ROLE;

/** Whether a role is at least another. @param role undefined for an account that is not a member */
export function isAtLeast(role: RoomRole | undefined, least: RoomRole): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** Whether a role allows an action. */
export function allows(role: RoomRole | undefined, action: Action): boolean {
  return isAtLeast(role, LEAST_ROLE[action]);
}

/** Whether one account may kick, mute or ban another: owners anyone, moderators those with a lower role. */
export function mayActOn(role: RoomRole, target: RoomRole | undefined): boolean {
  return role === 'owner' || !isAtLeast(target, role);
}

/** A role as the log stores it. A role that this version does not know allows nothing. */
export function roleOf(stored: string): RoomRole {
  return ROLES.find((role) => role === stored) ?? 'reader';
}
