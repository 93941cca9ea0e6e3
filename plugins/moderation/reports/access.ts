import type { Account, Entry, Roles, Rooms } from 'chatserv';
import type { Queue } from './register.ts';

/** The role of the moderators of the server. Admins have it too. */
const MODERATOR = 'moderator';

/** Decides who handles which reports. */
export class Access {
  readonly #roles: Roles | undefined;
  readonly #rooms: Rooms | undefined;

  constructor(roles: Roles | undefined, rooms: Rooms | undefined) {
    this.#roles = roles;
    this.#rooms = rooms;
  }

  /** Whether an account moderates the server. */
  async isStaff(account: Account): Promise<boolean> {
    return account.id > 0 && ((await this.#roles?.has(account, MODERATOR)) ?? false);
  }

  /**
   * Who handles the reports of a message: the moderators of its room, unless one of them sent it or the room has none;
   * then, and elsewhere, the moderators of the server.
   */
  async queueOf({ room, roomName, sender }: Entry): Promise<Queue> {
    const moderators = roomName === undefined ? [] : ((await this.#rooms?.moderators(room)) ?? []);
    return moderators.length === 0 || moderators.includes(sender) ? 'server' : room;
  }

  /** Whether an account handles the reports of a queue. */
  async handles(queue: Queue, account: Account): Promise<boolean> {
    if (queue === 'server') return this.isStaff(account);
    if (this.#rooms === undefined || (await this.#rooms.find(queue, account)) === undefined) return false;
    return this.#rooms.allows(queue, account, 'moderator');
  }

  /** Those of some queues that an account handles: the server's, and those of rooms that it moderates. */
  async handled(queues: readonly Queue[], account: Account): Promise<Queue[]> {
    const handles = await Promise.all(
      queues.map((queue) => (queue === 'server' ? this.isStaff(account) : this.#moderates(queue, account))),
    );
    return queues.filter((_, index) => handles[index]);
  }

  async #moderates(room: number, account: Account): Promise<boolean> {
    const role = await this.#rooms?.role(room, account);
    return role === 'moderator' || role === 'owner';
  }
}
