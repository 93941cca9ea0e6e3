import { type Account, nameObjection, noRoom, type Refusal, type RoomRole, z } from 'chatserv';
import { hasOwner, isAdmin } from './access.ts';
import { declarationOf, limit, type RoomContext, tell, writeFacts } from './context.ts';
import { isByInvitation, type KnownRoom } from './facts.ts';
import { hasName, isAgainst } from './name-rules.ts';
import { archived, banned, declared, full, inviteOnly, lastOwner, notInRoom, notMember, wrongKey } from './refusals.ts';
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

  /**
   * Lets an account in that may join by itself, or that is invited.
   * @param key that the user gave
   * @returns why not, if so
   */
  async enter(room: KnownRoom, account: Account, key?: string): Promise<Refusal | undefined> {
    const { invitations, memberships } = this.#context;
    if (await memberships.has(room.id, account.id)) return undefined;
    if (room.archived) return archived(room);
    const refusal = this.#refusalUninvited(room, account, key);
    const isWanted = async () =>
      (await invitations.left(room.id, account.id)) > 0 || (await isAdmin(this.#context, account));
    if (refusal !== undefined && !(await isWanted())) return refusal;
    return this.add(room, account, 'member', refusal !== undefined);
  }

  /** Why an account may not join without an invitation, if so. */
  #refusalUninvited(room: KnownRoom, { name }: Account, key: string | undefined): Refusal | undefined {
    const now = this.#context.clock.now();
    if (isAgainst(room, 'banned', name, now)) return banned(room);
    if (hasName(room, 'invited', name, now)) return undefined;
    if (isByInvitation(room)) return inviteOnly(room);
    if (room.key !== '' && key !== room.key) return wrongKey(room, key);
    return room.limit > 0 && room.size >= room.limit ? full(room) : undefined;
  }

  /**
   * Makes an account a member without an invitation.
   * @param isWanted whether its name may be banned
   * @returns why not, if so
   */
  async add(room: KnownRoom, account: Account, role: RoomRole, isWanted = false): Promise<Refusal | undefined> {
    const { bans, directory, invitations, log, clock, memberships, options, queue, server } = this.#context;
    const { id, name, size } = room;
    const rooms = await memberships.of(account.id);
    if (rooms.has(id)) return undefined;
    const isBanned = async () =>
      (!isWanted && isAgainst(directory.get(id) ?? room, 'banned', account.name, clock.now())) ||
      (await bans.left(id, account.id)) > 0;
    if (await isBanned()) return banned(room);
    if (rooms.size >= options.maxJoined) {
      const sentence = `You can be in ${options.maxJoined} rooms at most. Leave another one first.`;
      return limit(this.#context, 'rooms-joined', 'too-many-rooms', sentence);
    }
    if (size >= options.maxMembers) {
      server.countLimitHit('room-members');
      return full(room);
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
   * Ends an account's membership. The last member takes a room of users along, and the last owner stays while others are
   * in it.
   * @returns why not, or whether the room was deleted
   */
  leave(room: KnownRoom, account: Account): Promise<Refusal | { readonly deleted: boolean }> {
    const { queue, log } = this.#context;
    return queue.run(room.id, async () => {
      const member = await log.member(room.id, account.id);
      if (member === undefined) return notMember(room);
      const isAlone = ((await log.room(room.id))?.size ?? 0) <= 1;
      const staysOwned = (!isAlone && member.role !== 'owner') || (await hasOwner(this.#context, room, account.id));
      if (!staysOwned && !isAlone) return lastOwner(room);
      if (staysOwned) await this.end(room, account);
      else await this.#settings.removeNow(room.id, account);
      this.#tellDevices(room, account);
      return { deleted: !staysOwned };
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

  /**
   * Ends a membership, within `queue`.
   * @param by a moderator's act: the members were told of it. A ban also hides all of the room from the account
   */
  async end(room: KnownRoom, { id }: Account, by?: 'kicked' | 'banned'): Promise<void> {
    const body = by === undefined ? '' : JSON.stringify(by);
    await this.#context.log.leave(room.id, id, this.#context.clock.now(), by === 'banned', body);
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
