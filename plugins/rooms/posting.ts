import { type Account, type Guarding, isGuest, type MessageDraft, noRoom, type Refusal, reserve } from 'chatserv';
import { findRoom, isAdmin } from './access.ts';
import type { RoomContext } from './context.ts';
import type { KnownRoom } from './facts.ts';
import type { Standing } from './memberships.ts';
import { isAgainst } from './name-rules.ts';
import { allows } from './policy.ts';
import { archived, banned, muted, nameMuted, notMember, readOnly, slow } from './refusals.ts';

/** The sender of messages that are from no account, such as those of the server and of plugins. */
const NO_ACCOUNT = 0;

/** Decides who may post in a room now. Every message to a room passes here, however it was posted. */
export class Posting {
  readonly #context: RoomContext;

  constructor(context: RoomContext) {
    this.#context = context;
  }

  /** The guard of `onMessage`, for messages to rooms. Synchronous for members who are online and have posted in the room before. */
  guard(message: Readonly<MessageDraft>): Guarding<Refusal> {
    const { from, room: id } = message;
    const room = this.#context.directory.get(id);
    const standing = this.#context.memberships.known(id, from.id);
    if (room === undefined || standing === undefined) return this.#lookUp(message);
    return this.#decide(room, from, standing) ?? this.#takeTurn(room, message, standing);
  }

  /** Why an account may not post in a room now, if so; slow mode aside. */
  async refusal(id: number, from: Account): Promise<Refusal | undefined> {
    const found = await this.#find(id, from);
    return 'standing' in found ? this.#decide(found.room, from, found.standing) : found.refusal;
  }

  async #lookUp(message: Readonly<MessageDraft>): Promise<Awaited<Guarding<Refusal>>> {
    const { room: id, from } = message;
    const found = await this.#find(id, from);
    if (!('standing' in found)) return found.refusal;
    const refusal = await this.#decide(found.room, from, found.standing);
    return refusal ?? this.#takeTurn(found.room, message, found.standing);
  }

  /** The room and the sender's membership; or the refusal, where posting needs no membership. */
  async #find(
    id: number,
    from: Account,
  ): Promise<{ readonly room: KnownRoom; readonly standing: Standing } | { readonly refusal: Refusal | undefined }> {
    const { bans, directory, memberships } = this.#context;
    await directory.load();
    if (from.id === NO_ACCOUNT) {
      const room = directory.get(id);
      if (room === undefined) return { refusal: noRoom(String(id)) };
      return { refusal: room.archived ? archived(room) : undefined };
    }
    const room = await findRoom(this.#context, id, from);
    if (room === undefined) return { refusal: noRoom(String(id)) };
    const standing = await memberships.standing(id, from.id);
    if (standing !== undefined) return { room, standing };
    if (room.posting !== 'anyone' || isGuest(from)) return { refusal: notMember(room) };
    if ((await bans.left(id, from.id)) > 0) return { refusal: banned(room) };
    return { room, standing: await memberships.standingOutside(id, from.id) };
  }

  #decide(
    room: KnownRoom,
    from: Account,
    { role, mutedUntil }: Standing,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    if (room.archived) return archived(room);
    const mutedFor = mutedUntil - this.#context.clock.monotonic();
    if (mutedFor > 0) return muted(room, Math.ceil(mutedFor / 1000));
    if (allows(role, 'post where only moderators may')) return undefined;
    const refusal = allows(role, 'post') ? this.#refusalOfMember(room, from) : readOnly(room);
    return refusal && this.#unlessAdmin(from, refusal);
  }

  /** Why a member who is no speaker may not post, if so. */
  #refusalOfMember(room: KnownRoom, { name }: Account): Refusal | undefined {
    if (room.posting === 'moderators') return readOnly(room);
    if (room.names.length === 0) return undefined;
    const now = this.#context.clock.now();
    if (isAgainst(room, 'banned', name, now)) return banned(room);
    return isAgainst(room, 'muted', name, now) ? nameMuted(room) : undefined;
  }

  async #unlessAdmin(from: Account, refusal: Refusal): Promise<Refusal | undefined> {
    return (await isAdmin(this.#context, from)) ? undefined : refusal;
  }

  /** Takes the sender's turn in slow mode, which is given back if the message is refused elsewhere. */
  #takeTurn(
    room: KnownRoom,
    { from, of, approved }: Readonly<MessageDraft>,
    { role }: Standing,
  ): Awaited<Guarding<Refusal>> {
    // An edit takes no turn, nor does a message that has waited for approval.
    if (room.slow === 0 || of !== undefined || approved) return undefined;
    if (allows(role, 'post in slow mode without waiting')) return undefined;
    const { slowMode, clock, server } = this.#context;
    const wait = slowMode.take(room.id, from.id, room.slow, clock.monotonic());
    if (wait === 0) return reserve((refusal) => refusal && slowMode.giveBack(room.id, from.id));
    server.countLimitHit('slow-mode');
    return slow(room, wait);
  }
}
