import { type Account, nameKey } from 'chatserv';
import type { RoomContext } from './context.ts';
import { isListed, type KnownRoom } from './facts.ts';
import { bare } from './names.ts';

/**
 * The rooms that are listed for an account, by name: those it is in or invited to, and others that are not hidden.
 * @param after only those whose names come after this one
 * @param most how many
 */
export async function listedRooms(
  { directory, memberships, invitations }: RoomContext,
  account: Account,
  after = '',
  most = Number.POSITIVE_INFINITY,
): Promise<KnownRoom[]> {
  await directory.load();
  const [mine, invited] = await Promise.all([memberships.of(account.id), invitations.roomsOf(account.id)]);
  const shown = new Set([...mine, ...invited]);
  const afterKey = nameKey(bare(after));
  const found: KnownRoom[] = [];
  for (const room of directory.sorted()) {
    if (found.length >= most) break;
    if (nameKey(room.name) > afterKey && (isListed(room) || shown.has(room.id))) found.push(room);
  }
  return found;
}
