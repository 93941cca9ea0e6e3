/** IRC (RFC 2812). Broadcasts go to a channel that all clients join. */
import type { Protocol } from './protocol.ts';

const BLANK = 0x20;
const BANG = 0x21;
const COLON = 0x3a;
const [P, R] = [0x50, 0x52];
const PRIVMSG = 'PRIVMSG ';
const CHANNEL = '#everyone';

/** Numerics that complete a login (001), a join (366) or a query (303), and their errors. */
const ANSWERS = new Set(['001', '366', '303', '432', '433', '437', '465', '471', '403', '405', 'ERROR']);

export const irc: Protocol = {
  login: (name) => `NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n`,
  isIn: (answer) => answer.includes(' 001 '),
  join: `JOIN ${CHANNEL}\r\n`,
  joinRoom: (room) => `JOIN ${room}\r\n`,
  direct: (to, text) => `${PRIVMSG}${to} :${text}\r\n`,
  broadcast: (text) => `${PRIVMSG}${CHANNEL} :${text}\r\n`,
  query: 'ISON u0\r\n',
  kindOf(bytes, start, end) {
    const command = commandAt(bytes, start);
    // Of what a server sends, no other command begins with PR.
    if (bytes[command] === P && bytes[command + 1] === R) return 'message';
    const [word = ''] = bytes.toString('latin1', command, Math.min(end, command + 8)).split(' ');
    return ANSWERS.has(word) ? 'answer' : 'other';
  },
  textAt: (bytes, start) => after(COLON, bytes, commandAt(bytes, start)),
  senderOf: (bytes, start) => bytes.toString('latin1', start + 1, bytes.indexOf(BANG, start)),
};

/** With IRCv3's echo-message: a sender is sent its own message once the server has it. */
export const echoingIrc: Protocol = {
  ...irc,
  login: (name) => `CAP REQ :echo-message\r\n${irc.login(name)}CAP END\r\n`,
  echoes: true,
};

/** Where a line's command begins: after the source, if any. */
function commandAt(bytes: Buffer, start: number): number {
  return bytes[start] === COLON ? after(BLANK, bytes, start) : start;
}

/** The position after the next byte of a kind, which is near: a call of `indexOf` would take longer. */
function after(byte: number, bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] !== byte) at++;
  return at + 1;
}
