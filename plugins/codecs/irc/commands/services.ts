import type { Call, IrcCommands } from '../call.ts';
import { askService } from '../services/index.ts';

const asking = (nick: string) => ({ run: (call: Call) => askService(call, nick, call.params.join(' ')) });

/** The services as commands: `NS HELP` is `PRIVMSG NickServ :HELP`. */
export const serviceCommands: IrcCommands = {
  CHANSERV: asking('ChanServ'),
  CS: asking('ChanServ'),
  NICKSERV: asking('NickServ'),
  NS: asking('NickServ'),
};
