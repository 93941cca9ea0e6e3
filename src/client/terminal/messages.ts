import type { Ask, Closed } from '../owner.ts';
import type { RequestError } from '../requests.ts';

/** Why there is no connection, for people. */
export function lostText(why: string): string {
  switch (why) {
    case 'shutdown':
      return 'the server is shutting down';
    case 'timeout':
      return 'this client was idle for too long';
    case 'too-slow':
      return 'this client read too slowly';
    case 'connected':
      return 'the previous connection is still open';
    case 'rate':
    case 'too-fast':
      return 'too much was sent at once';
    case 'full':
      return 'the server is full';
    case 'busy':
      return 'the server is busy';
    case 'too-many-connections':
    case 'too-many-new-connections':
      return 'there are too many connections from here';
    default:
      return faultText(why);
  }
}

function faultText(why: string): string {
  for (const [fault, text] of FAULTS) {
    const [all, detail = ''] = fault.exec(why) ?? [];
    if (all !== undefined) return text.replace('%', () => detail);
  }
  return why;
}

/** Errors of sockets and TLS, and what they mean for a person; `%` is the detail that the pattern captures. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'nothing listens there; is the server running, and is that its port?'],
  [/ENOTFOUND|EAI_/, 'there is no host of that name'],
  [/ENOENT/, 'there is no such socket; is the server running?'],
  [/EACCES/, 'this user may not use that socket'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'that host cannot be reached'],
  [/ECONNRESET|EPIPE/, 'the connection was cut'],
  [/wrong version number|packet length too long/i, 'there is no TLS on that port; leave out --tls'],
  [/altnames: ((?:DNS|IP).*)$/i, 'its certificate is for another name: %'],
  [/(.*without a word)/, '%; if it expects TLS, add --tls'],
  [/certificate (has expired|is not yet valid)/i, 'its certificate is out of date, or the clock here is wrong'],
  [
    /self-signed|unable to (verify|get)/i,
    'no authority known here signed its certificate; if you trust it, name it with --ca FILE',
  ],
];

/** Why a conversation ended, for people. */
export function closedText({ why, seconds, question = '', because = '', reason = '' }: Closed): string {
  switch (why) {
    case 'replaced':
      return 'You logged in from somewhere else, and this connection was closed.';
    case 'kicked':
      return 'You were removed from the server. You may come back.';
    case 'banned':
      return 'You are banned from this server.';
    case 'signed-out':
      return 'You were signed out everywhere, or your name or password was changed.';
    case 'removed':
      return 'This account was removed.';
    case 'blocked':
      return blockedText(seconds ?? 0);
    case 'wrong-password':
      return 'The password was wrong too often.';
    case 'no-json':
      return 'That is not a chatserv, or it expects TLS: then add --tls.';
    case 'refused':
      return `The login was refused: ${refusedText(question, because, reason)}.`;
    default:
      return `The server closed the connection: ${why}.`;
  }
}

/** Longer blocks are for good, in seconds. */
const FOR_GOOD = 10 * 365 * 86_400;

function blockedText(seconds: number): string {
  if (seconds > FOR_GOOD) return 'You are kept out of this server.';
  if (seconds < 120) return `Logins are blocked for ${seconds} seconds.`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `Logins are blocked for ${minutes} minutes.`;
  const hours = Math.ceil(minutes / 60);
  return `Logins are blocked for ${hours < 48 ? `${hours} hours` : `${Math.ceil(hours / 24)} days`}.`;
}

/** Why a new password may not be used, for people. */
const PASSWORD_PROBLEMS: Readonly<Record<string, string>> = {
  'too-short': 'That password is too short.',
  'too-long': 'That password is too long.',
  characters: 'That password contains characters that cannot be typed everywhere.',
  'like-the-name': 'The password must not be the name.',
  common: 'That password is one of the most common, and guessed first.',
};

export function passwordProblem(because: string): string {
  return PASSWORD_PROBLEMS[because] ?? `That password may not be used: ${because}.`;
}

/** A question of a plugin as a prompt. */
export function promptOf(question: string): string {
  return /[?:]\s*$/.test(question) ? `${question.trimEnd()} ` : `${question}: `;
}

/** A command's question after the login: what was wrong with the last answer, if anything, and the prompt. */
export function questionText({ question, because }: Ask): { readonly problem: string; readonly prompt: string } {
  const problem = because === '' ? '' : `${because}.`;
  switch (question) {
    case 'password':
      return { problem: because === 'wrong' ? 'Wrong password.' : problem, prompt: 'Your password: ' };
    case 'new-password':
      return { problem: because === '' ? '' : passwordProblem(because), prompt: 'A new password: ' };
    case 'new-password-again':
      return { problem, prompt: 'The same again: ' };
    default:
      return { problem, prompt: promptOf(question) };
  }
}

function refusedText(question: string, because: string, reason: string): string {
  if (because === 'connected') return 'the account is connected already, from somewhere else';
  if (because === 'wrong') return 'wrong password';
  if (question === 'register') return 'there is no such user; --register creates it';
  if (question === 'new-password') return `the password may not be used (${because})`;
  if (reason === 'taken') return 'the name is taken, and its user is online; leave out --register to log in';
  if (question === 'username') return because === 'username' ? 'that name cannot be used' : because;
  return `the server asks '${question}', which was not answered`;
}

/** How a command is used. @param saying the line that sends what was typed as a message */
export function misusedText(usage: string, saying?: string): string {
  return `Usage: ${usage}.${saying === undefined ? '' : ` To send it as text: ${saying}`}`;
}

/** What is known of a refused request. */
export interface RefusedLine {
  /** How the command is used. */
  readonly usage?: string | undefined;
  /** The commands closest to a misspelt one. */
  readonly like?: readonly string[];
  /** The line that sends what was typed as a message, if it may have been meant as one. */
  readonly saying?: string | undefined;
}

/** Why a request failed, for people. */
export function errorText(error: RequestError, line: RefusedLine = {}): string {
  const { reason, sentence } = error;
  if (sentence === undefined) return standardText(error, line);
  return reason === 'args' && line.usage !== undefined
    ? `${sentence} ${misusedText(line.usage, line.saying)}`
    : sentence;
}

/** The explanation of a reason that the server did not explain. */
function standardText({ reason, about, message }: RequestError, { usage, like = [], saying }: RefusedLine): string {
  switch (reason) {
    case 'command':
      return noCommandText(about, like);
    case 'args':
      return usage === undefined ? `Wrong arguments. See /help ${about}.` : misusedText(usage, saying);
    case 'denied':
      return `You may not use ${about}.`;
    case 'internal':
      return `The server failed to run ${about}.`;
    case 'line':
      return 'That is too long for the server; it was not sent.';
    case 'field':
      return about.startsWith('to')
        ? 'No user can have such a name.'
        : `The server does not accept the field ${about}.`;
    case 'lost':
      return message;
    case 'cancelled':
      return `You gave no answer, and ${about} was cancelled.`;
    default:
      return `Not done: ${reason} (${about}).`;
  }
}

function noCommandText(word: string, like: readonly string[]): string {
  if (word === '') return 'A line that starts with / is a command. /help lists them.';
  if (word === 'say') return 'A line that starts with / is never a message. Leave out the / to send it.';
  const near = like.length === 0 ? '' : `Did you mean ${like.map((one) => `/${one}`).join(' or ')}? `;
  return `There is no command ${word}, and nothing was sent. ${near}/help lists them.`;
}
