import {
  type Account,
  type CommandCall,
  type CommandSpec,
  command,
  noRoom,
  type Param,
  type Params,
  param,
  type Reply,
  type RoomRole,
  reply,
  type ValuesOf,
} from 'chatserv';
import { actingRole, findRoom, memberRole } from './access.ts';
import type { RoomContext } from './context.ts';
import type { KnownRoom } from './facts.ts';
import { bare } from './names.ts';
import { type Action, isAtLeast, LEAST_ROLE } from './policy.ts';
import { notAllowed, notMember } from './refusals.ts';

type Facts = Readonly<Record<string, unknown>>;

/** A command about a room, whose name comes first. */
interface RoomCommandSpec<P extends Params> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly usage?: string;
  /** The arguments after the room. */
  readonly params?: P;
  /** What the caller must be allowed to do; without it every caller who can see the room is. */
  readonly action?: Action;
}

/** A call of such a command, by someone who can see the room. */
export interface RoomCall<V> {
  readonly room: KnownRoom;
  readonly account: Account;
  /** The name of the caller's device. */
  readonly device: string;
  /** The role that the caller acts in, for a command with an `action`. */
  readonly role: RoomRole | undefined;
  readonly values: V;
}

/**
 * Makes a command about a room. Whatever else is wrong with a call, a room that the caller cannot see is answered first,
 * as one that does not exist.
 */
export function roomCommand<P extends Params = {}>(
  context: RoomContext,
  { params, action, ...spec }: RoomCommandSpec<P>,
  run: (call: RoomCall<ValuesOf<P>>) => Promise<Reply>,
): CommandSpec {
  const withRoom: { readonly room: Param<string> } & Params = { room: param.room(), ...params };
  return command({
    ...spec,
    params: withRoom,
    async run(call: CommandCall<{ readonly room: string }>) {
      const { account, values } = call;
      const room = await findRoom(context, values.room, account);
      if (room === undefined) return noRoom(bare(values.room));
      const rest = { room, account, device: call.session.deviceName, values: values as unknown as ValuesOf<P> };
      if (action === undefined) return run({ ...rest, role: undefined });
      const role = await actingRole(context, room, account, LEAST_ROLE[action]);
      if (role === undefined) return notMember(room);
      return isAtLeast(role, LEAST_ROLE[action]) ? run({ ...rest, role }) : notAllowed(action, room);
    },
  });
}

/** A room for programs, with the caller's role in it. Its key is null for those who may not see it. */
export function factsOf(room: KnownRoom, role: RoomRole | undefined): Facts {
  const { id, name, topic, access, posting, topics, slow, key, limit, archived, size } = room;
  const hiddenKey = role === undefined && key !== '' ? null : key;
  const settings = { topic, access, posting, topics, slow, key: hiddenKey, limit, archived };
  return { room: id, roomName: `#${name}`, ...settings, size, role: role ?? null };
}

/** An answer about a room as it is now. @param more what else programs are told */
export async function replyAbout(
  context: RoomContext,
  text: string,
  { id, ...last }: KnownRoom,
  account: Account,
  more: Facts = {},
): Promise<Reply> {
  const room = context.directory.get(id) ?? { ...last, id };
  return reply(text, { ...factsOf(room, await memberRole(context, room, account)), ...more });
}

/** Removes a setting, where its text would stand. */
export const NONE = '-';

/** What stands at the end of a page that is not the last. */
const MORE = '...';

/** A page of names as a line. */
export function pageOf(names: readonly string[], hasMore: boolean): string {
  return (hasMore ? [...names, MORE] : names).join(' ');
}
