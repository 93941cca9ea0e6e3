import { HISTORY_MOST } from '../history/reference.ts';
import type { Irc } from '../irc.ts';
import { AWAY_LENGTH } from '../people/away.ts';
import { MONITORED_MOST } from '../people/monitors.ts';
import { NAME_LENGTH } from '../people/person.ts';

/** The longest line of the list, in tokens. */
const TOKENS_A_LINE = 13;

/** What the server tells clients about itself: the tokens of `RPL_ISUPPORT`. */
function tokens({ options, guests }: Irc): readonly string[] {
  return [
    `CHANTYPES=#${options.everyone === '' ? '' : '&'}`,
    'CASEMAPPING=ascii',
    'CHANNELLEN=33',
    `CHATHISTORY=${HISTORY_MOST}`,
    'MSGREFTYPES=msgid,timestamp',
    'NICKLEN=32',
    'USERLEN=16',
    'TOPICLEN=390',
    'PREFIX=(ov)@+',
    'CHANMODES=beI,k,l,imnst',
    'EXCEPTS=e',
    'INVEX=I',
    'EXTBAN=,m',
    'MODES=12',
    'STATUSMSG=@',
    'MAXLIST=beI:100',
    'KEYLEN=32',
    'ELIST=CMNTU',
    'SAFELIST',
    'TARGMAX=PRIVMSG:4,NOTICE:4,TAGMSG:4,JOIN:,PART:,KICK:,NAMES:',
    'BOT=B',
    `MONITOR=${MONITORED_MOST}`,
    `NAMELEN=${NAME_LENGTH}`,
    `AWAYLEN=${AWAY_LENGTH}`,
    'UTF8ONLY',
    ...(guests === undefined ? ['draft/ACCOUNTREQUIRED'] : []),
    'WHOX',
    `NETWORK=${options.network}`,
  ];
}

/** The tokens of `RPL_ISUPPORT`, a list for each line. */
export function isupport(irc: Irc): readonly (readonly string[])[] {
  const all = tokens(irc);
  const lines: (readonly string[])[] = [];
  for (let at = 0; at < all.length; at += TOKENS_A_LINE) lines.push(all.slice(at, at + TOKENS_A_LINE));
  return lines;
}
