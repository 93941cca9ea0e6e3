import type { Memberships } from '../messages/memberships.ts';
import type { Server } from './server.ts';

/** Lets plugins watch which named rooms have members online. @returns `Server.watchRooms` */
export function roomWatch(memberships: Memberships): Server['watchRooms'] {
  const watchers = new Set<{ changed: Parameters<Server['watchRooms']>[0] }>();
  memberships.changed = (room, isOccupied) => {
    for (const { changed } of watchers) changed(room, isOccupied);
  };
  return (changed) => {
    const watcher = { changed };
    watchers.add(watcher);
    for (const room of memberships.occupied()) changed(room, true);
    return () => void watchers.delete(watcher);
  };
}
