import type { Call, IrcCommands } from '../call.ts';
import type { Channel } from '../channels/channels.ts';
import { accountNameOf } from '../irc.ts';
import { isChannel } from '../names.ts';
import {
  everyPerson,
  findPerson,
  isCovered,
  type Person,
  personOf,
  prefixIn,
  secondsIdle,
  sharedChannels,
} from '../people/person.ts';
import { mayLook } from './channel.ts';

/** What somebody who is asked for an address is told. */
const NO_ADDRESS = '255.255.255.255';

/** The fields of `WHOX`, in the order of an answer. The token is not among them. */
const FIELDS: Readonly<Record<string, (found: Found, call: Call) => string>> = {
  c: ({ channel }) => channel?.name ?? '*',
  u: ({ person }) => person.user,
  i: () => NO_ADDRESS,
  h: ({ person }) => person.host,
  s: (_found, { irc }) => irc.options.name,
  n: ({ person }) => person.nick,
  f: flagsOf,
  d: () => '0',
  l: ({ person }) => String(secondsIdle(person)),
  a: ({ person }, { irc }) => accountNameOf(irc, person.account) ?? '0',
  o: () => 'n/a',
  r: ({ person }) => person.realname,
};

/** Somebody who is found, in the channel that was asked for, if one was. */
interface Found {
  readonly person: Person;
  readonly channel?: Channel | undefined;
}

/** `WHO`, with the fields of WHOX. */
export const whoCommands: IrcCommands = {
  WHO: {
    least: 1,
    run(call) {
      const [mask = '*', options = ''] = call.params;
      const [flags = '', asked = ''] = options.split('%', 2);
      const found = find(call, mask).filter(({ person }) => person.isOperator || !flags.includes('o'));
      if (options.includes('%')) for (const one of found) extended(call, one, asked);
      else for (const one of found) plain(call, one);
      call.numeric('RPL_ENDOFWHO', [mask]);
    },
  },
};

/** The people in a channel, under a nick, or covered by a mask. */
function find(call: Call, mask: string): Found[] {
  const { irc, account } = call;
  const isVisible = (person: Person) =>
    !person.isInvisible || person.account.id === account.id || sharedChannels(irc, account, person.account).length > 0;
  if (isChannel(mask)) {
    const channel = irc.channels.find(mask);
    if (channel === undefined || !mayLook(call, channel)) return [];
    const people = [...channel.members.values()].map((member) => personOf(irc, member.account));
    const isMember = channel.members.has(account.id);
    return people.filter((person) => isMember || isVisible(person)).map((person) => ({ person, channel }));
  }
  const named = findPerson(irc, mask);
  if (named !== undefined) return [{ person: named }];
  const pattern = mask === '0' ? '*' : mask;
  return everyPerson(irc)
    .filter((person) => isCovered(person, pattern) && isVisible(person))
    .map((person) => ({ person }));
}

/** Whether somebody is here or gone, an operator, in what role in the channel, and a bot. */
function flagsOf({ person, channel }: Found): string {
  const { away, isOperator, isBot } = person;
  return `${away === undefined ? 'H' : 'G'}${isOperator ? '*' : ''}${prefixIn(channel, person)}${isBot ? 'B' : ''}`;
}

function plain(call: Call, found: Found): void {
  const { person, channel } = found;
  const { user, host, nick, realname } = person;
  const where = [channel?.name ?? '*', user, host, call.irc.options.name];
  call.numeric('RPL_WHOREPLY', [...where, nick, flagsOf(found)], `0 ${realname}`);
}

/** @param asked the letters of the fields, then a token after a comma */
function extended(call: Call, found: Found, asked: string): void {
  const [letters = '', token = ''] = asked.split(',', 2);
  const values = Object.entries(FIELDS).flatMap(([letter, field]) =>
    letters.includes(letter) ? [field(found, call)] : [],
  );
  call.numeric('RPL_WHOSPCRPL', letters.includes('t') ? [token, ...values] : values);
}
