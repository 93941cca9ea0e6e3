import type { Call, IrcCommands } from '../call.ts';
import { AWAY_LENGTH, changingAway, UNATTENDED } from '../people/away.ts';
import { NAME_LENGTH, personOf } from '../people/person.ts';
import { watchersOf } from '../people/watchers.ts';
import { tellAll } from '../render/tell.ts';
import { wordsFrom } from './words.ts';

/** `AWAY` and `SETNAME`: what a client says about itself. */
export const statusCommands: IrcCommands = {
  AWAY: {
    async run(call) {
      const { client, irc, account } = call;
      const [given = ''] = call.params;
      const reason = given === '' || given === UNATTENDED ? given : await wordsFrom(call, given);
      if (typeof reason !== 'string') return call.refuse({ ...reason, kind: 'error', about: 'AWAY' });
      // Another client of the account may be there still.
      changingAway(irc, account, () => {
        client.away = reason === '' ? undefined : [...reason].slice(0, AWAY_LENGTH).join('');
      });
      call.numeric(client.away === undefined ? 'RPL_UNAWAY' : 'RPL_NOWAWAY');
    },
  },
  SETNAME: {
    least: 1,
    async run(call) {
      const { client, irc, account } = call;
      const [given = ''] = call.params;
      const name = given === '' ? '' : await wordsFrom(call, given);
      if (typeof name !== 'string')
        return call.standard('FAIL', 'CANNOT_CHANGE_REALNAME', [], name.sentence ?? name.reason);
      if (name === '' || [...name].length > NAME_LENGTH) {
        return call.standard('FAIL', 'INVALID_REALNAME', [], `A real name has 1 to ${NAME_LENGTH} characters.`);
      }
      client.realname = name;
      const line = { command: 'SETNAME', params: [name] };
      if (client.has('setname')) call.line({ source: client.source, ...line });
      const told = watchersOf(irc, account).filter((one) => one.has('setname'));
      tellAll(told, { source: client.source, ...line }, { account });
    },
  },
};

/** Adds `RPL_AWAY` to the answer if the user is away whom the client writes to. */
export function addAway(call: Call, target: string): void {
  const account = call.irc.presence.find(target);
  const away = account && personOf(call.irc, account).away;
  if (account !== undefined && away !== undefined) call.numeric('RPL_AWAY', [target], away);
}
