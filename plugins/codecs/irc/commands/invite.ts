import type { Call, IrcCommands } from '../call.ts';
import { nickOf } from '../names.ts';
import { channelAndUser } from './channel.ts';

/** `INVITE`: invites a user, or lists the channels that the client is invited to. */
export const inviteCommands: IrcCommands = {
  INVITE: {
    async run(call) {
      const [nick, target] = call.params;
      if (nick === undefined) return list(call);
      if (target === undefined) return call.numeric('ERR_NEEDMOREPARAMS', ['INVITE']);
      await invite(call, nick, target);
    },
  },
};

async function invite(call: Call, nick: string, target: string): Promise<void> {
  const found = await channelAndUser(call, target, nick);
  if (found === undefined) return;
  const { name, account, isMember } = found;
  if (isMember) return call.numeric('ERR_USERONCHANNEL', [nick, name]);
  const answer = await call.client.acting(name, () => call.command('invite', { room: name, user: account.name }));
  if (answer.kind === 'error') return call.refuse(answer, name);
  call.numeric('RPL_INVITING', [nickOf(account), name]);
}

/** The channels that the client is invited to. */
async function list(call: Call): Promise<void> {
  for (let after: string | undefined, hasMore = true; hasMore; ) {
    const answer = await call.command('rooms', { after });
    if (answer.kind === 'error') return call.refuse(answer);
    const rooms = (answer.facts?.rooms ?? []) as readonly { readonly roomName: string; readonly invited: boolean }[];
    for (const { roomName, invited } of rooms) if (invited) call.numeric('RPL_INVITELIST', [roomName]);
    hasMore = answer.facts?.hasMore === true;
    after = rooms.at(-1)?.roomName;
  }
  call.numeric('RPL_ENDOFINVITELIST');
}
