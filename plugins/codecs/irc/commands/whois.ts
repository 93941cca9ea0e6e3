import { EVERYONE } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import type { Channel } from '../channels/channels.ts';
import { accountNameOf } from '../irc.ts';
import { elements } from '../names.ts';
import { findPerson, type Person, prefixIn, secondsIdle, sharedChannels } from '../people/person.ts';
import { matchesMask } from '../wire/mask.ts';

/** The most nicks of one line. */
const NICKS_MOST = 5;

/** How many bytes of channels a line of `WHOIS` has. */
const CHANNELS_LENGTH = 400;

/** What is known of somebody. */
export const whoisCommands: IrcCommands = {
  WHOIS: {
    async run(call) {
      const { params, irc } = call;
      const [server, nicks = server] = params;
      if (nicks === undefined || nicks === '') return call.numeric('ERR_NONICKNAMEGIVEN');
      if (server !== undefined && params.length > 1 && !isHere(call, server)) {
        return call.numeric('ERR_NOSUCHSERVER', [server]);
      }
      for (const nick of elements(nicks).slice(0, NICKS_MOST)) {
        const person = findPerson(irc, nick);
        if (person === undefined) call.numeric('ERR_NOSUCHNICK', [nick]);
        else await describe(call, person);
        call.numeric('RPL_ENDOFWHOIS', [person?.nick ?? nick]);
      }
    },
  },
  USERHOST: {
    least: 1,
    run(call) {
      const people = call.params.slice(0, NICKS_MOST).flatMap((nick) => findPerson(call.irc, nick) ?? []);
      const hosts = people.map(
        ({ nick, user, host, away, isOperator }) =>
          `${nick}${isOperator ? '*' : ''}=${away === undefined ? '+' : '-'}${user}@${host}`,
      );
      call.numeric('RPL_USERHOST', [], hosts.join(' '));
    },
  },
  ISON: {
    least: 1,
    run: tellOnline,
    decode(call) {
      tellOnline(call);
      return [{ kind: 'reply', text: call.text() }];
    },
  },
};

/** Says which of the users are online that the client asks about. */
function tellOnline(call: Call): void {
  const nicks = call.params.flatMap((param) => param.split(' ')).filter((nick) => nick !== '');
  const online = nicks.flatMap((nick) => findPerson(call.irc, nick)?.nick ?? []);
  call.numeric('RPL_ISON', [], online.join(' '));
}

/** Whether a server that a query is addressed to is this one, or that of somebody online. */
export function isHere({ irc }: Call, server: string): boolean {
  return matchesMask(server, irc.options.name) || irc.presence.find(server) !== undefined;
}

async function describe(call: Call, person: Person): Promise<void> {
  const { irc, client } = call;
  const { nick, user, host, realname, away, sessions } = person;
  call.numeric('RPL_WHOISUSER', [nick, user, host, '*'], realname);
  for (const line of await channelsOf(call, person)) call.numeric('RPL_WHOISCHANNELS', [nick], line);
  call.numeric('RPL_WHOISSERVER', [nick, irc.options.name], irc.options.network);
  if (away !== undefined) call.numeric('RPL_AWAY', [nick], away);
  if (person.isOperator) call.numeric('RPL_WHOISOPERATOR', [nick]);
  if (person.isBot) call.numeric('RPL_WHOISBOT', [nick]);
  if (client.isMetadataAware) {
    for (const [key, value] of irc.channels.metadataOf(person.account)) {
      call.numeric('RPL_WHOISKEYVALUE', [nick, key, '*'], value);
    }
  }
  const name = accountNameOf(irc, person.account);
  if (name !== undefined) call.numeric('RPL_WHOISACCOUNT', [nick, name]);
  if (sessions.length > 0 && sessions.every(({ transport }) => transport === 'tls')) {
    call.numeric('RPL_WHOISSECURE', [nick]);
  }
  const [age] = sessions.map((session) => session.age).sort((a, b) => b - a);
  if (age === undefined) return;
  const since = Math.floor((client.irc.clock.now() - age) / 1000);
  call.numeric('RPL_WHOISIDLE', [nick, String(secondsIdle(person)), String(since)]);
}

/** The channels of somebody that the client is in too, or could join at once, in lines. */
async function channelsOf(call: Call, person: Person): Promise<string[]> {
  const { irc, account } = call;
  const shared = new Set(sharedChannels(irc, account, person.account));
  const lines: string[] = [];
  for (const channel of irc.channels.of(person.account)) {
    if (channel.room === EVERYONE || !(shared.has(channel) || (!person.isInvisible && (await isOpen(call, channel)))))
      continue;
    const name = `${prefixIn(channel, person)}${channel.name}`;
    const line = lines.pop();
    const longer = line === undefined ? name : `${line} ${name}`;
    lines.push(...(line !== undefined && Buffer.byteLength(longer) > CHANNELS_LENGTH ? [line, name] : [longer]));
  }
  return lines;
}

async function isOpen({ irc }: Call, { room }: Channel): Promise<boolean> {
  return (await irc.rooms?.get(room))?.access === 'public';
}
