import type { Call, IrcCommands } from '../call.ts';
import { elements, nickOf } from '../names.ts';
import { channelAndUser } from './channel.ts';

/** `KICK`: removes members from channels. */
export const kickCommands: IrcCommands = {
  KICK: {
    least: 2,
    async run(call) {
      const [channels = '', nicks = '', comment] = call.params;
      const names = elements(channels);
      // Either one channel for all, or one for each.
      for (const [index, nick] of elements(nicks).entries()) {
        await kick(call, names[index] ?? names[0] ?? '', nick, comment || undefined);
      }
    },
  },
};

async function kick(call: Call, target: string, nick: string, comment: string | undefined): Promise<void> {
  const { client } = call;
  const found = await channelAndUser(call, target, nick);
  if (found === undefined) return;
  const { name, account, isMember } = found;
  if (!isMember) return call.numeric('ERR_USERNOTINCHANNEL', [nick, name]);
  const values = { room: name, user: account.name, reason: comment };
  const answer = await client.acting(name, () => call.command('room-kick', values));
  if (answer.kind === 'error') return call.refuse(answer, name);
  call.line({ source: client.source, command: 'KICK', params: [name, nickOf(account), comment ?? client.nick] });
}
