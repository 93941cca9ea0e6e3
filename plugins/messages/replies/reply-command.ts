import {
  type Account,
  type Accounts,
  type CommandSpec,
  command,
  type Entry,
  EVERYONE,
  lastReceived,
  type MessageLog,
  param,
  type Refusal,
  refuse,
  type Server,
  sendMessage,
} from 'chatserv';
import { answerable } from './answered-messages.ts';

/** The services that the command needs. */
interface Context {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly server: Server;
}

/** The command that answers a message where it was sent, as the commands `message` and `broadcast` send there. */
export function replyCommand({ accounts, messageLog, server }: Context): CommandSpec {
  /** The recipients of an answer, as `message` takes them. */
  async function recipientsOf({ roomName, members = [] }: Entry, account: Account): Promise<string[] | Refusal> {
    if (roomName !== undefined) return [`#${roomName}`];
    if (members.length === 1) return [account.name];
    const others = await Promise.all(members.filter((id) => id !== account.id).map((id) => accounts.get(id)));
    if (others.includes(undefined)) return refuse('user', 'Someone in that conversation has no account any more.');
    return others.flatMap((other) => other?.name ?? []);
  }

  return command({
    name: 'reply',
    summary: 'Answers a message, where it was sent',
    params: {
      message: param.message('which message: its id, or the last one that you received'),
      text: param.text('what to say'),
    },
    overlaps: true,
    async run(call) {
      const { session, account, values } = call;
      const id = values.message === 'last' ? await lastReceived(session, messageLog) : values.message;
      if (id === undefined) return refuse('no-message', 'You have received no message that you can answer.');
      const entry = await answerable(messageLog, id, account);
      if ('reason' in entry) return entry;
      const to = entry.room === EVERYONE ? undefined : await recipientsOf(entry, account);
      if (to !== undefined && 'reason' in to) return to;
      return sendMessage({ ...call, reply: id }, to ?? 'everyone', values.text, server);
    },
  });
}
