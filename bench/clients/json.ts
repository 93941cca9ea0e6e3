/** docs/json.md: each message has a key, and receivers acknowledge. */
import type { Line, Protocol } from './protocol.ts';

const TYPE = '"type":"';
const TEXT = '"text":"';

/** By the first two letters of a line's type. */
const KINDS: Readonly<Record<string, Line>> = {
  me: 'message',
  to: 'answer',
  an: 'answer',
  as: 'answer',
  ac: 'answer',
  er: 'answer',
  cl: 'answer',
};

/** Of every user. */
const PASSWORD = 'tea-at-four';

let keys = 0;

export const json: Protocol = {
  // Takes over: the server may not have noticed yet that the user's last connection is gone.
  login: (name) => `${JSON.stringify({ type: 'login', name, password: PASSWORD, takeover: true })}\n`,
  // It follows `welcome`.
  isIn: (answer) => answer.includes('"type":"token"'),
  direct: (to, text) => `{"type":"message","to":["${to}"],"text":"${text}","key":"${++keys}"}\n`,
  broadcast: (text) => `{"type":"message","to":"everyone","text":"${text}","key":"${++keys}"}\n`,
  query: '{"type":"command","name":"wholast","text":"1"}\n',
  kindOf(bytes, start) {
    const type = bytes.indexOf(TYPE, start) + TYPE.length;
    return KINDS[bytes.toString('latin1', type, type + 2)] ?? 'other';
  },
  textAt: (bytes, start) => bytes.indexOf(TEXT, start) + TEXT.length,
  acknowledge(bytes, start, end) {
    const [, id = ''] = bytes.toString('latin1', start, end).match(/"id":(\d+)/) ?? [];
    return `{"type":"acknowledge","id":${id}}\n`;
  },
};

/** The same for users who are not registered yet. */
export const newcomers: Protocol = {
  ...json,
  login: (name) => `${JSON.stringify({ type: 'register', name, password: PASSWORD })}\n`,
};

/** The line that resumes a session. @param answer to its login */
export function resumption(answer: string): string {
  const { token } = JSON.parse(answer) as { token: string };
  return `${JSON.stringify({ type: 'resume', token, takeover: true })}\n`;
}
