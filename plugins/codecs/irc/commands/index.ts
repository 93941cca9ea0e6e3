import type { IrcCommands } from '../call.ts';
import { channelCommands } from './channels.ts';
import { messageCommands } from './messages.ts';
import { sessionCommands } from './session.ts';

/** The commands of IRC, for clients that are logged in. */
export const COMMANDS: IrcCommands = {
  ...channelCommands,
  ...messageCommands,
  ...sessionCommands,
};
