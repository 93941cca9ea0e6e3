import type { IrcCommands } from '../call.ts';
import { channelCommands } from './channels.ts';
import { messageCommands } from './messages.ts';
import { serverCommands } from './server.ts';
import { sessionCommands } from './session.ts';
import { whoCommands } from './who.ts';
import { whoisCommands } from './whois.ts';

/** The commands of IRC, for clients that are logged in. */
export const COMMANDS: IrcCommands = {
  ...channelCommands,
  ...messageCommands,
  ...serverCommands,
  ...sessionCommands,
  ...whoCommands,
  ...whoisCommands,
};
