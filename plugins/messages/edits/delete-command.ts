import {
  type Account,
  type CommandSpec,
  command,
  type Entry,
  EVERYONE,
  isGuest,
  messageDeleted,
  noMessage,
  param,
  type Refusal,
  reply,
} from 'chatserv';
import { type EditContext, isOlder } from './context.ts';
import { noLastMessage, notAuthor, tooLate } from './refusals.ts';

/** The command with which authors and moderators remove the text of a message for good. */
export function deleteCommand(context: EditContext): CommandSpec {
  const { options, server, clock, messageLog, rooms, roles, last } = context;

  /** Whether an account may delete what others wrote in a place that it can read. */
  async function moderates({ room, members }: Entry, account: Account): Promise<boolean> {
    if (!options.deleteOthers || isGuest(account)) return false;
    const isNamed = members === undefined && room !== EVERYONE;
    if (isNamed) return (await rooms?.allows(room, account, 'moderator')) ?? false;
    return (await roles?.has(account, room === EVERYONE ? 'moderator' : 'admin')) ?? false;
  }

  async function refusalOf(entry: Entry, account: Account): Promise<Refusal | undefined> {
    const isOwn = entry.sender === account.id;
    const isLate = isOlder(entry, options.deleteTime, clock);
    if ((isOwn && !isLate) || (await moderates(entry, account))) return undefined;
    if (!isOwn) return notAuthor('delete');
    server.countLimitHit('delete-time');
    return tooLate('delete');
  }

  return command({
    name: 'delete',
    summary: 'Deletes a message that you sent, or as a moderator one of a room, for good',
    params: { message: param.message('which message: its id, or your last one') },
    async run({ session, account, values: { message } }) {
      const id = message === 'last' ? last.of(account.id) : message;
      if (id === undefined) return noLastMessage();
      const entry = await messageLog.readable(account.id, id);
      // Also what other plugins let users post, such as a poll.
      if (entry?.counts !== true) return noMessage();
      if (entry.redacted) return messageDeleted();
      const refusal = await refusalOf(entry, account);
      if (refusal !== undefined) return refusal;
      if (!(await server.redact(id, account, session.deviceName))) return noMessage();
      return reply(`deleted:${id}`, { message: id, room: entry.room });
    },
  });
}
