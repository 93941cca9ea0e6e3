import type { IrcCommands } from '../call.ts';
import { renameLines } from '../channels/lines.ts';
import { ownRoom } from './channel.ts';
import { reasonFrom } from './words.ts';

/** `RENAME`: renames channels, by the IRCv3 draft `channel-rename`. */
export const renameCommands: IrcCommands = {
  RENAME: {
    least: 2,
    async run(call) {
      const { client } = call;
      const [target = '', wanted = '', given = ''] = call.params;
      const room = await ownRoom(call, target);
      if (room === undefined) return;
      const before = `#${room.name}`;
      const reason = given === '' ? '' : ((await reasonFrom(call, given)) ?? '');
      call.irc.renamings.set(room.id, reason);
      const answer = await client.acting(before, () =>
        client.acting(wanted, () => call.command('room-rename', { room: before, name: wanted })),
      );
      call.irc.renamings.delete(room.id);
      if (answer.kind === 'answer') {
        const channel = call.irc.channels.get(room.id);
        if (channel === undefined) return;
        call.irc.channels.renameChannel(channel, String(answer.facts?.roomName ?? wanted));
        for (const line of renameLines(client, channel, { source: client.source, before, reason })) call.line(line);
      } else if (answer.reason === 'role') {
        call.refuse(answer, before);
      } else {
        const code = answer.reason === 'taken' ? 'CHANNEL_NAME_IN_USE' : 'CANNOT_RENAME';
        call.standard('FAIL', code, [before, wanted], answer.sentence ?? 'The channel cannot be renamed.');
      }
    },
  },
};
