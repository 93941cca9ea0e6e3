import {
  type Account,
  type CommandSpec,
  param,
  type Refusal,
  type Reply,
  type RoomRole,
  refuse,
  reply,
} from 'chatserv';
import { actingRole, hasOwner } from './access.ts';
import type { RoomContext } from './context.ts';
import type { KnownRoom } from './facts.ts';
import type { Moderation } from './moderation.ts';
import type { NameRules } from './name-rules.ts';
import { type Action, mayActOn } from './policy.ts';
import { noUser, self } from './refusals.ts';
import type { RoomBlocks } from './room-blocks.ts';
import { pageOf, type RoomCall, replyAbout, roomCommand } from './room-command.ts';

/** Makes a name a pattern: no user's name has it. */
const ANY = '*';

/** How a command acts on a user. */
interface HowToAct {
  /** Whether the caller may act on a user with this role. */
  readonly isAllowed?: (role: RoomRole, target: RoomRole | undefined) => boolean;
  /** The answer. */
  readonly text?: (target: Account) => string;
}

/** Invitations, and the commands that act on members. */
export function moderatorCommands(context: RoomContext, moderation: Moderation, rules: NameRules): CommandSpec[] {
  const { accounts, bans, mutes, invitations, options } = context;

  /** Finds the user that a call names, and calls `act` if the caller may act on that user. */
  async function onUser(
    { room, account, role = 'reader', values: { user } }: RoomCall<{ readonly user: string }>,
    act: (target: Account) => Promise<Refusal | undefined | void>,
    { isAllowed = mayActOn, text = () => 'done:' }: HowToAct = {},
  ): Promise<Reply> {
    const target = await accounts.find(user);
    if (target === undefined) return noUser(user);
    if (target.id === account.id) return self();
    const itsRole = await actingRole(context, room, target, 'reader');
    // Where nobody owns the room, its moderators act on each other.
    const isPeer = role === 'moderator' && itsRole === role && !(await hasOwner(context, room));
    if (!isPeer && !isAllowed(role, itsRole)) {
      return refuse('role', `${target.name} has a role in #${room.name} that is not below yours.`);
    }
    const refusal = await act(target);
    return refusal ?? replyAbout(context, text(target), room, account, { user: target.name });
  }

  const anyone = { isAllowed: () => true };

  /** A command that lists accounts of a room. */
  function list(name: string, what: string, blocks: RoomBlocks): CommandSpec {
    const action: Action = 'list bans, mutes and invitations';
    const params = { after: param.user('lists those who registered after this one').optional() };
    return roomCommand(
      context,
      { name, summary: `Lists ${what}`, params, action },
      async ({ room, values: { after } }) => {
        const first = after === undefined ? undefined : await accounts.find(after);
        if (after !== undefined && first === undefined) return noUser(after);
        const ids = (await blocks.accountsOf(room.id)).filter((id) => id > (first?.id ?? 0));
        const found = await Promise.all(ids.slice(0, options.pageSize).map((id) => accounts.get(id)));
        const users = found.flatMap((account) => (account === undefined ? [] : [account.name]));
        const hasMore = ids.length > options.pageSize;
        return reply(pageOf(users, hasMore), { ...about(room), users, hasMore });
      },
    );
  }

  const about = ({ id, name }: KnownRoom) => ({ room: id, roomName: `#${name}` });
  const kicks: Action = 'kick, mute and ban';
  const user = param.user();

  return [
    roomCommand(
      context,
      { name: 'invite', summary: 'Invites a user to a room', params: { user }, action: 'invite' },
      (call) => {
        const how = { ...anyone, text: ({ name }: Account) => `invited:${name}` };
        return onUser(call, (target) => moderation.invite(call.room, target, call.account, call.device), how);
      },
    ),
    roomCommand(
      context,
      { name: 'uninvite', summary: 'Withdraws an invitation', params: { user }, action: 'invite' },
      (call) => onUser(call, (target) => moderation.uninvite(call.room, target, call.account), anyone),
    ),
    roomCommand(
      context,
      {
        name: 'room-kick',
        summary: 'Removes a member from a room',
        params: { user, reason: param.text('which its members are told').optional() },
        action: kicks,
      },
      (call) => onUser(call, (target) => moderation.kick(call.room, target, call.values.reason, call.account)),
    ),
    roomCommand(
      context,
      {
        name: 'room-ban',
        summary: 'Bans a user from a room, for good or for a time',
        params: {
          user: param.user(`or all whose names match a pattern, such as ev${ANY}`),
          time: param.duration('for how long; for good if left out').optional(),
        },
        action: kicks,
      },
      async (call) => {
        const { room, account, values } = call;
        if (!values.user.includes(ANY)) {
          return onUser(call, (target) => moderation.ban(room, target, values.time, account));
        }
        const refusal = await rules.add(room, 'banned', values.user, values.time, account);
        return refusal ?? replyAbout(context, 'done:', room, account, { pattern: values.user });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-unban',
        summary: 'Lifts the ban of a user from a room',
        params: { user: param.user('or the pattern that was banned') },
        action: kicks,
      },
      async (call) => {
        const { room, account, values } = call;
        if (!values.user.includes(ANY)) return onUser(call, (target) => moderation.unban(room, target, account));
        const refusal = await rules.remove(room, 'banned', values.user, account);
        return refusal ?? replyAbout(context, 'done:', room, account, { pattern: values.user });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-mute',
        summary: 'Refuses the messages of a member to a room for a while',
        params: { user, time: param.duration('for how long').default(options.muteTime) },
        action: kicks,
      },
      (call) => onUser(call, (target) => moderation.mute(call.room, target, call.values.time, call.account)),
    ),
    roomCommand(
      context,
      { name: 'room-unmute', summary: 'Lifts the mute of a member of a room', params: { user }, action: kicks },
      (call) => onUser(call, (target) => moderation.unmute(call.room, target, call.account)),
    ),
    list('room-bans', 'the users who are banned from a room', bans),
    list('room-mutes', 'the users who are muted in a room', mutes),
    list('room-invitations', 'the users who are invited to a room', invitations),
  ];
}
