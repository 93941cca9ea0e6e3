import type { IrcCommands } from '../call.ts';
import { batchCommands } from './batch.ts';
import { channelCommands } from './channels.ts';
import { messageCommands } from './messages.ts';
import { redactCommands } from './redact.ts';
import { serverCommands } from './server.ts';
import { sessionCommands } from './session.ts';
import { tagCommands } from './tagmsg.ts';
import { whoCommands } from './who.ts';
import { whoisCommands } from './whois.ts';

/** The commands of IRC, for clients that are logged in. */
export const COMMANDS: IrcCommands = {
  ...batchCommands,
  ...redactCommands,
  ...tagCommands,
  ...channelCommands,
  ...messageCommands,
  ...serverCommands,
  ...sessionCommands,
  ...whoCommands,
  ...whoisCommands,
};
