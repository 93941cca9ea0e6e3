import { PASSWORD } from 'chatserv/testing';
import { COMMANDS } from '../../plugins/codecs/irc/commands/index.ts';
import { listed } from '../../plugins/codecs/irc/registration/capabilities.ts';
import { oddPiece } from './input.ts';
import type { Random } from './random.ts';

/** The commands before the login and after it, and words that are none. */
const WORDS: readonly string[] = [
  ...Object.keys(COMMANDS).filter((word) => word !== 'QUIT'),
  ...['NICK', 'USER', 'PASS', 'AUTHENTICATE', 'FROB', 'privmsg', '421', '__proto__', 'x'.repeat(500)],
];

const CAPABILITIES = [...listed(0, {} as never), 'batch', 'draft/multiline', 'draft/chathistory', 'draft/metadata-3'];

const SUBCOMMANDS: readonly string[] = [
  ...['LS', 'LS 302', 'REQ', 'LIST', 'END', 'GET', 'SET', 'CLEAR', 'SUB', 'UNSUB', 'SUBS', 'SYNC', '+', '-', 'C', 'S'],
  ...['LATEST', 'BEFORE', 'AFTER', 'AROUND', 'BETWEEN', 'TARGETS', 'PLAIN', 'draft/multiline', 'REGISTER', 'HELP'],
];

const PARAMS: readonly string[] = [
  ...[
    '#lab',
    '#tea',
    '&everyone',
    '@#lab',
    '#',
    `#${'x'.repeat(40)}`,
    '#lab,#tea',
    'alice',
    'gil',
    'witness',
    'nobody',
  ],
  ...['NickServ', 'ChanServ', '*', '*ALL', '', '0', '1', '50', '-1', '1e9', 'C<0', 'T>1', '%tcuihsnfdlaor,1', 'o'],
  ...[
    '+b',
    '-b',
    '+beI',
    '+o',
    '-v',
    '+kl-i',
    '+l',
    '-k',
    '+imnst',
    '+B',
    'ev*!*@*',
    'm:ev*',
    '*!*@*',
    'avatar',
    'url',
  ],
  ...[
    '+x',
    '-x',
    '+1',
    '-1',
    'msgid=1',
    'timestamp=2026-01-01T00:00:00.000Z',
    'timestamp=x',
    PASSWORD,
    'é'.repeat(200),
  ],
  ...['\x01ACTION waves\x01', '\x01PING 1\x01', '\x02bold\x0f', '\x0304,12red', 'hello', 'x'.repeat(480)],
];

const TAGS: readonly string[] = [
  ...[
    'label=1',
    'batch=x',
    '+draft/reply=1',
    '+draft/react=\u{1f375}',
    '+typing=active',
    '+draft/persist',
    '+a=\\:\\s',
  ],
  ...['=', 'time=x', 'draft/multiline-concat', `+a=${'x'.repeat(4090)}`],
];

/** A line of an IRC client, right or wrong. */
export function ircLine(random: Random): string {
  const tags = random.oneIn(4) ? `@${random.some(3, () => random.pick(TAGS)).join(';')} ` : '';
  const params = random.some(5, () => param(random));
  if (random.oneIn(3)) params.unshift(random.pick(SUBCOMMANDS));
  if (random.oneIn(3)) params.push(`:${random.some(3, () => param(random)).join(' ')}`);
  return `${tags}${[random.pick(WORDS), ...params].join(' ')}`;
}

/** How a client logs in: as a guest, as a user, or wrongly. */
export function ircLogin(random: Random): string[] {
  const nick = random.pick(['alice', 'gil', 'gil', 'kim']);
  const wanted = random.some(12, () => random.pick(CAPABILITIES)).join(' ');
  const secret = random.pick([PASSWORD, PASSWORD, PASSWORD, 'wrong', '']);
  const sasl = ['AUTHENTICATE PLAIN', `AUTHENTICATE ${Buffer.from(`\0${nick}\0${secret}`).toString('base64')}`];
  const register = random.oneIn(8) ? [`REGISTER * * ${PASSWORD}`] : [];
  const lines = [
    ...(wanted === '' ? [] : ['CAP LS 302', `CAP REQ :${wanted}`]),
    ...(nick === 'alice' ? ['CAP REQ sasl', ...sasl] : []),
    ...[`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, ...register, 'CAP END'],
  ];
  return random.oneIn(4) ? lines.filter(() => !random.oneIn(5)) : lines;
}

function param(random: Random): string {
  return random.oneIn(8) ? oddPiece(random).toString() : random.pick(PARAMS);
}
