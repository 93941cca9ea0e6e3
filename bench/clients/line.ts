/** docs/protocol.md, spoken to chatserv and to the bare server. */
import type { Protocol } from './protocol.ts';

const BRACKET = 0x5b;
const COLON = 0x3a;
const STAMP_LENGTH = '[2026-01-01T00:00:00Z]'.length;

export const line: Protocol = {
  login: (name) => `${name}\n`,
  isIn: (answer) => answer === 'welcome',
  joinRoom: (room) => `join ${room}\n`,
  direct: (to, text) => `message ${to} ${text}\n`,
  broadcast: (text) => `broadcast ${text}\n`,
  query: 'wholast 1\n',
  kindOf: (bytes, start) => (bytes[start] === BRACKET ? 'message' : 'answer'),
  textAt: (bytes, start) => bytes.indexOf(COLON, start + STAMP_LENGTH) + 2,
};
