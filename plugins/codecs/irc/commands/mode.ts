import { EVERYONE } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { modeParams } from '../modes/mode-change.ts';
import { parsedModes } from '../modes/parsed.ts';
import { settingModes } from '../modes/settings.ts';
import { isChannel } from '../names.ts';
import { isIn, roomOf } from './channel.ts';
import { ModeCommand } from './mode-command.ts';
import { userMode } from './user-modes.ts';

/** `MODE`: modes of channels, and of the client itself. */
export const modeCommands: IrcCommands = {
  MODE: {
    least: 1,
    async run(call) {
      const [target = '', letters, ...params] = call.params;
      if (!isChannel(target)) return userMode(call);
      if (letters === undefined) return show(call, target);
      const room = await roomOf(call, target);
      if (room === undefined) return call.numeric('ERR_NOSUCHCHANNEL', [target]);
      await new ModeCommand(call, room).run(parsedModes(letters, params));
    },
  },
};

async function show(call: Call, target: string): Promise<void> {
  const { irc, account } = call;
  const everyone = irc.channels.get(EVERYONE);
  if (everyone?.name === target) {
    const [modes = []] = modeParams(settingModes(everyone.settings));
    call.numeric('RPL_CHANNELMODEIS', [target, ...modes]);
    return;
  }
  const room = await roomOf(call, target);
  if (room === undefined) return call.numeric('ERR_NOSUCHCHANNEL', [target]);
  const [modes = ['+']] = modeParams(settingModes(room, await isIn(irc, room, account)));
  call.numeric('RPL_CHANNELMODEIS', [`#${room.name}`, ...modes]);
  const created = room.created > 0 ? room.created : irc.since;
  call.numeric('RPL_CREATIONTIME', [`#${room.name}`, String(Math.floor(created / 1000))]);
}
