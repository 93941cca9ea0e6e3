import { type Account, noRoom, type Rooms } from 'chatserv';
import { actingRole, findRoom, hasOwner } from './access.ts';
import { type RoomContext, SERVER, writeFacts } from './context.ts';
import { isOwnFact, type KnownRoom } from './facts.ts';
import { listedRooms } from './listing.ts';
import type { Members } from './members.ts';
import { bare } from './names.ts';
import { isAtLeast } from './policy.ts';
import type { Posting } from './posting.ts';
import type { Settings } from './settings.ts';

/** The service that other plugins use. */
export function roomsService(context: RoomContext, settings: Settings, members: Members, posting: Posting): Rooms {
  const { directory, memberships } = context;

  async function get(id: number) {
    await directory.load();
    return directory.get(id);
  }

  async function leave(id: number, account: Account): Promise<void> {
    const room = await get(id);
    if (room === undefined) return;
    await context.queue.run(id, () => members.end(room, account));
    await settings.removeEmpty(room);
  }

  async function lastOwned(account: Account): Promise<readonly KnownRoom[]> {
    await directory.load();
    const owned: KnownRoom[] = [];
    for (const id of await memberships.of(account.id)) {
      const room = directory.get(id);
      if (room?.owners.includes(account.id) !== true || (await hasOwner(context, room, account.id))) continue;
      if ((await memberships.standing(id, account.id))?.role === 'owner') owned.push(room);
    }
    return owned.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  return {
    find: (room, account) => findRoom(context, room, account),
    get,
    list: (account) => listedRooms(context, account),
    role: async (room, { id }) => (await memberships.standing(room, id))?.role,
    moderators: (room) => context.moderators.of(room),
    async allows(id, account, least) {
      const room = await get(id);
      return room !== undefined && isAtLeast(await actingRole(context, room, account, least), least);
    },
    postRefusal: (room, account) => posting.refusal(room, account),
    async create(name, creator, wanted = {}, role = 'owner') {
      await directory.load();
      return settings.create(bare(name), creator, wanted, role);
    },
    async own(plugin, name, wanted = {}) {
      await directory.load();
      return settings.own(plugin, bare(name), wanted);
    },
    async change(room, wanted, by: Account = SERVER) {
      await directory.load();
      return (await settings.set(room, wanted, by)) ?? noRoom(String(room));
    },
    async setFact(id, name, value) {
      if (isOwnFact(name)) throw new TypeError(`the fact '${name}' belongs to the rooms themselves: see \`change\``);
      await directory.load();
      return context.queue.run(id, async () => (await writeFacts(context, id, { [name]: value })) !== undefined);
    },
    async join(id, account, role = 'member') {
      const room = await get(id);
      return room === undefined ? noRoom(String(id)) : members.add(room, account, role);
    },
    leave,
    lastOwned,
    async leaveAll(account) {
      const owned = new Set((await lastOwned(account)).map(({ id }) => id));
      const joined = await context.log.roomsOf(account.id, 'room');
      // In parallel, so that the store writes them together.
      await Promise.all(
        joined.map(({ id, size }) => (size === 1 && owned.has(id) ? settings.remove(id, account) : leave(id, account))),
      );
      directory.leftAll(account.id);
    },
    async remove(id, by = SERVER) {
      await directory.load();
      await settings.remove(id, by);
    },
  };
}
