import { type Account, invitationText, type Refusal, refuse } from 'chatserv';
import { limit, type RoomContext, tell } from './context.ts';
import type { KnownRoom } from './facts.ts';
import type { Members } from './members.ts';
import { alreadyIn, archived, notInRoom } from './refusals.ts';

/** How long a ban without a time lasts, in seconds: longer than any server lives. */
const FOREVER = 100 * 365 * 86_400;

/** Invitations, and what moderators do to members. Who may act on whom is checked before. */
export class Moderation {
  readonly #context: RoomContext;
  readonly #members: Members;

  constructor(context: RoomContext, members: Members) {
    this.#context = context;
    this.#members = members;
  }

  /**
   * Invites a user, and sends a message from the caller that says so.
   * @param device the caller's, which knows from the answer
   * @returns why not, if so
   */
  async invite(room: KnownRoom, target: Account, by: Account, device: string): Promise<Refusal | undefined> {
    const { bans, invitations, memberships, options, server } = this.#context;
    if (room.archived) return archived(room);
    if (await memberships.has(room.id, target.id)) return alreadyIn(target.name, room);
    if ((await bans.left(room.id, target.id)) > 0) {
      return refuse('banned', `${target.name} is banned from #${room.name}. Lift the ban first.`);
    }
    const invited = await invitations.accountsOf(room.id);
    if (invited.length >= options.maxInvitations && !invited.includes(target.id)) {
      const sentence = `#${room.name} has ${options.maxInvitations} open invitations, and may have no more.`;
      return limit(this.#context, 'room-invitations', 'too-many-invitations', sentence);
    }
    await invitations.add(room.id, target.id, options.invitationTime);
    // From the caller, so that whatever holds for the caller's messages holds for invitations.
    const posted = await server.post({ from: by, to: [target], device, text: invitationText(room.name) });
    if ('kind' in posted) {
      await invitations.remove(room.id, target.id);
      return posted;
    }
    await tell(this.#context, room.id, by, { change: 'invited', account: target.id, user: target.name });
    return undefined;
  }

  async uninvite(room: KnownRoom, target: Account, by: Account): Promise<void> {
    await this.#context.invitations.remove(room.id, target.id);
    await tell(this.#context, room.id, by, { change: 'uninvited', account: target.id, user: target.name });
  }

  /** Ends a membership. The user may join again, if the room lets everyone join. @returns why not, if so */
  async kick(room: KnownRoom, target: Account, reason: string | undefined, by: Account): Promise<Refusal | undefined> {
    const { memberships, queue } = this.#context;
    if (!(await memberships.has(room.id, target.id))) return notInRoom(target.name, room);
    await queue.run(room.id, async () => {
      // While the user is a member, who is told too.
      await tell(this.#context, room.id, by, { change: 'kicked', account: target.id, user: target.name, reason });
      await this.#members.end(room, target, 'kicked');
    });
    return undefined;
  }

  /** Keeps a user out, for good or for so many seconds, and ends the membership and the right to read the room. */
  async ban(room: KnownRoom, target: Account, seconds: number | undefined, by: Account): Promise<void> {
    const { bans, invitations, queue } = this.#context;
    await queue.run(room.id, async () => {
      await bans.add(room.id, target.id, seconds ?? FOREVER);
      await invitations.remove(room.id, target.id);
      await tell(this.#context, room.id, by, { change: 'banned', account: target.id, user: target.name, seconds });
      await this.#members.end(room, target, 'banned');
    });
  }

  async unban(room: KnownRoom, target: Account, by: Account): Promise<void> {
    await this.#context.bans.remove(room.id, target.id);
    await tell(this.#context, room.id, by, { change: 'unbanned', account: target.id, user: target.name });
  }

  /** Refuses a member's messages for so many seconds. @returns why not, if so */
  async mute(room: KnownRoom, target: Account, seconds: number, by: Account): Promise<Refusal | undefined> {
    const { memberships, mutes } = this.#context;
    if (!(await memberships.has(room.id, target.id))) return notInRoom(target.name, room);
    await mutes.add(room.id, target.id, seconds);
    memberships.changed(room.id, target.id);
    await tell(this.#context, room.id, by, { change: 'muted', account: target.id, user: target.name, seconds });
    return undefined;
  }

  async unmute(room: KnownRoom, target: Account, by: Account): Promise<void> {
    await this.#context.mutes.remove(room.id, target.id);
    this.#context.memberships.changed(room.id, target.id);
    await tell(this.#context, room.id, by, { change: 'unmuted', account: target.id, user: target.name });
  }
}
