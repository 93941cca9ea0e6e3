import type { Rooms } from '../owner.ts';
import { shown } from './safe.ts';
import type { StatusEntry } from './status-line.ts';
import type { Windows } from './windows.ts';

/**
 * The windows with what is unread in them, as far as the user wants to be notified of it. What is on the screen is read.
 * @param isAhead whether more of a room was read than the server knows
 */
export function statusEntries(
  { all, current }: Windows,
  { known }: Pick<Rooms, 'known'>,
  isAhead: (room: number) => boolean,
): StatusEntry[] {
  const rooms = new Map(known.map((room) => [room.id, room]));
  return all.map((window, index) => {
    const isCurrent = window === current;
    const { unread = 0, mentions = 0, kind, level } = rooms.get(window.room ?? 0) ?? {};
    const meant = kind === 'direct' ? unread : mentions;
    const isQuiet = isCurrent || level === 'nothing' || isAhead(window.room ?? 0);
    return {
      number: index + 1,
      title: shown(window.title),
      isCurrent,
      unread: isQuiet || (level === 'mentions' && meant === 0) ? 0 : unread,
      mentions: isQuiet ? 0 : meant,
    };
  });
}
