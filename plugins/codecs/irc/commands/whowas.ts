import type { IrcCommands } from '../call.ts';
import { elements } from '../names.ts';

/** `WHOWAS`: users who left. */
export const whowasCommands: IrcCommands = {
  WHOWAS: {
    run(call) {
      const [nicks, given = ''] = call.params;
      if (nicks === undefined || nicks === '') return call.numeric('ERR_NONICKNAMEGIVEN');
      const count = Number.parseInt(given, 10);
      const most = count > 0 ? count : Number.POSITIVE_INFINITY;
      for (const nick of elements(nicks)) {
        const found = call.irc.pastUsers.named(nick).slice(0, most);
        if (found.length === 0) call.numeric('ERR_WASNOSUCHNICK', [nick]);
        for (const past of found) {
          call.numeric('RPL_WHOWASUSER', [past.nick, past.user, past.host, '*'], past.realname);
          call.numeric('RPL_WHOISSERVER', [past.nick, past.host], new Date(past.time).toUTCString());
        }
        call.numeric('RPL_ENDOFWHOWAS', [nick]);
      }
    },
  },
};
