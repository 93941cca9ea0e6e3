import { type Account, nameObjection, noRoom, type Refusal, type RoomRole, z } from 'chatserv';
import { hasOwner, isAdmin } from './access.ts';
import { declarationOf, limit, type RoomContext, tell, writeFacts } from './context.ts';
import type { KnownRoom } from './facts.ts';
import { archived, banned, declared, inviteOnly, lastOwner, notInRoom, notMember } from './refusals.ts';
import type { Settings } from './settings.ts';

const LEFT = 'rooms.left';

/** An account has left a room on another server. */
const left = z.object({ account: z.int(), room: z.int(), name: z.string().refine((name) => !nameObjection(name)) });

/** Lets accounts join and leave rooms, and gives them roles. */
export class Members {
  readonly #context: RoomContext;
  readonly #settings: Settings;

  constructor(context: RoomContext, settings: Settings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** Lets an account in that may join by itself, or that is invited. @returns why not, if so */
  async enter(room: KnownRoom, account: Account): Promise<Refusal | undefined> {
    const { invitations, memberships } = this.#context;
    if (await memberships.has(room.id, account.id)) return undefined;
    if (room.archived) return archived(room);
    if (room.access !== 'public' && (await invitations.left(room.id, account.id)) === 0) {
      if (!(await isAdmin(this.#context, account))) return inviteOnly(room);
    }
    return this.add(room, account, 'member');
  }

  /** Makes an account a member without an invitation. @returns why not, if so */
  async add(room: KnownRoom, account: Account, role: RoomRole): Promise<Refusal | undefined> {
    const { bans, directory, invitations, log, clock, memberships, options, queue } = this.#context;
    const { id, name, size } = room;
    const rooms = await memberships.of(account.id);
    if (rooms.has(id)) return undefined;
    const isBanned = async () => (await bans.left(id, account.id)) > 0;
    if (await isBanned()) return banned(room);
    if (rooms.size >= options.maxJoined) {
      const sentence = `You can be in ${options.maxJoined} rooms at most. Leave another one first.`;
      return limit(this.#context, 'rooms-joined', 'too-many-rooms', sentence);
    }
    if (size >= options.maxMembers) {
      return limit(this.#context, 'room-members', 'room-full', `#${name} has as many members as it may have.`);
    }
    try {
      const refusal = role === 'owner' ? await queue.run(id, () => this.#noteOwner(room, account)) : undefined;
      if (refusal !== undefined) return refusal;
      await log.join(id, account.id, role, clock.now());
    } catch (cause) {
      if (directory.get(id) === undefined) return noRoom(name);
      throw cause;
    }
    // Someone may have banned it while it joined.
    if (await isBanned()) {
      await log.leave(id, account.id, clock.now(), true);
      return banned(room);
    }
    await invitations.remove(id, account.id);
    return undefined;
  }

  /**
   * Ends an account's membership. The last member takes a room of users along, and the last owner of others stays.
   * @returns why not, or whether the room was deleted
   */
  leave(room: KnownRoom, account: Account): Promise<Refusal | { readonly deleted: boolean }> {
    const { queue, log } = this.#context;
    return queue.run(room.id, async () => {
      const member = await log.member(room.id, account.id);
      if (member === undefined) return notMember(room);
      const isLastOwner = member.role === 'owner' && !(await hasOwner(this.#context, room, account.id));
      if (!isLastOwner) {
        await this.end(room, account);
        this.#tellDevices(room, account);
        return { deleted: false };
      }
      if (((await log.room(room.id))?.size ?? 0) > 1) return lastOwner(room);
      await this.#settings.removeNow(room.id, account);
      this.#tellDevices(room, account);
      return { deleted: true };
    });
  }

  /** The user has left on one device: no entry of the room reaches the others any more, not even that one. */
  #tellDevices({ id, name }: KnownRoom, account: Account): void {
    this.#context.otherServers?.tell(LEFT, { account: account.id, room: id, name }, account);
    this.#sendLeft(account, id, name);
  }

  #sendLeft(account: Pick<Account, 'id'>, room: number, name: string): void {
    for (const session of this.#context.server.sessionsOf({ ...account, name: '' })) {
      if (session.codec.acknowledges !== true) continue;
      session.send({ kind: 'event', event: 'left', facts: { room, roomName: `#${name}` } });
    }
  }

  /** Tells devices of accounts that have left on another server. @returns stops that */
  handleLeft(): () => void {
    const { otherServers, log } = this.#context;
    const stop = otherServers?.handle(LEFT, async (data) => {
      const { account, room, name } = left.parse(data);
      if ((await log.member(room, account)) === undefined) this.#sendLeft({ id: account }, room, name);
    });
    return stop ?? (() => {});
  }

  /** Ends a membership, within `queue`. @param forgets whether the account may read nothing of the room any more */
  async end(room: KnownRoom, { id }: Account, forgets = false): Promise<void> {
    await this.#context.log.leave(room.id, id, this.#context.clock.now(), forgets);
    await this.#dropOwner(room.id, id);
  }

  /** Gives a member a role. @returns why not, if so */
  setRole(room: KnownRoom, target: Account, role: RoomRole, by: Account): Promise<Refusal | undefined> {
    const { queue, log, clock, memberships } = this.#context;
    return queue.run(room.id, async () => {
      const member = await log.member(room.id, target.id);
      if (member === undefined) return notInRoom(target.name, room);
      if (member.role === role) return undefined;
      if (member.role === 'owner') {
        if (await this.#isDeclaredOwner(room, target)) return declared(room);
        if (!(await hasOwner(this.#context, room, target.id))) return lastOwner(room);
      }
      const refusal = role === 'owner' ? await this.#noteOwner(room, target) : undefined;
      if (refusal !== undefined) return refusal;
      await log.join(room.id, target.id, role, clock.now());
      memberships.changed(room.id, target.id);
      if (member.role === 'owner') await this.#dropOwner(room.id, target.id);
      await tell(this.#context, room.id, by, { change: 'role', account: target.id, user: target.name, role });
      return undefined;
    });
  }

  async #isDeclaredOwner(room: KnownRoom, { id }: Account): Promise<boolean> {
    const owners = declarationOf(this.#context, room)?.owners ?? [];
    const accounts = await Promise.all(owners.map((owner) => this.#context.accounts.find(owner)));
    return accounts.some((account) => account?.id === id);
  }

  /** Adds an account to the owners, before it becomes one. @returns why not, if there are too many */
  async #noteOwner({ id, name }: KnownRoom, account: Account): Promise<Refusal | undefined> {
    const { directory, log, options } = this.#context;
    const owners = directory.get(id)?.owners ?? [];
    if (owners.includes(account.id)) return undefined;
    const members = await Promise.all(owners.map((owner) => log.member(id, owner)));
    const present = owners.filter((_, index) => members[index]?.role === 'owner');
    if (present.length >= options.maxOwners) {
      return limit(this.#context, 'room-owners', 'too-many-owners', `#${name} has as many owners as it may have.`);
    }
    await writeFacts(this.#context, id, { owners: [...present, account.id] });
    return undefined;
  }

  async #dropOwner(room: number, account: number): Promise<void> {
    const owners = this.#context.directory.get(room)?.owners ?? [];
    if (!owners.includes(account)) return;
    await writeFacts(this.#context, room, { owners: owners.filter((owner) => owner !== account) });
  }
}
