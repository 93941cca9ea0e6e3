import type { IrcCommands } from '../call.ts';
import { batchCommands } from './batch.ts';
import { channelCommands } from './channels.ts';
import { chathistoryCommands } from './chathistory.ts';
import { inviteCommands } from './invite.ts';
import { kickCommands } from './kick.ts';
import { listCommands } from './list.ts';
import { markreadCommands } from './markread.ts';
import { messageCommands } from './messages.ts';
import { metadataCommands } from './metadata.ts';
import { modeCommands } from './mode.ts';
import { monitorCommands } from './monitor.ts';
import { nickCommands } from './nick.ts';
import { operatorCommands } from './operators.ts';
import { redactCommands } from './redact.ts';
import { registerCommands } from './register.ts';
import { renameCommands } from './rename.ts';
import { serverCommands } from './server.ts';
import { serviceCommands } from './services.ts';
import { sessionCommands } from './session.ts';
import { statusCommands } from './status.ts';
import { tagCommands } from './tagmsg.ts';
import { topicCommands } from './topic.ts';
import { whoCommands } from './who.ts';
import { whoisCommands } from './whois.ts';
import { whowasCommands } from './whowas.ts';

/** The commands of IRC, for clients that are logged in. */
export const COMMANDS: IrcCommands = {
  ...batchCommands,
  ...registerCommands,
  ...serviceCommands,
  ...monitorCommands,
  ...nickCommands,
  ...operatorCommands,
  ...statusCommands,
  ...whowasCommands,
  ...chathistoryCommands,
  ...markreadCommands,
  ...redactCommands,
  ...tagCommands,
  ...channelCommands,
  ...inviteCommands,
  ...kickCommands,
  ...listCommands,
  ...messageCommands,
  ...metadataCommands,
  ...modeCommands,
  ...renameCommands,
  ...serverCommands,
  ...sessionCommands,
  ...topicCommands,
  ...whoCommands,
  ...whoisCommands,
};
