/**
 * The server's reasons as sentences, shared by the page, the terminal and the command line. A caller adds what its user
 * can do about it. Unknown reasons, such as a plugin's, are shown in parentheses.
 */

import type { Ask, Closed } from './owner.ts';
import type { RequestError } from './requests.ts';

const NAMES: Readonly<Record<string, string>> = {
  empty: 'A name has 1 to 32 characters.',
  'too-long': 'A name has 1 to 32 characters.',
  characters: 'A name can have letters, digits and punctuation, but no spaces and none of : , ( ) [ ] { } # *',
  reserved: 'That name is reserved.',
  address: 'An IP address cannot be a name.',
  direction: 'A name cannot mix left-to-right and right-to-left letters.',
  'mixed-scripts': 'A name cannot mix scripts, such as Latin and Cyrillic letters.',
  'look-alike': "That name looks too much like another user's.",
  taken: 'That name is taken.',
  invitation: 'That invitation was used up by somebody else.',
};

/** Why a name cannot be registered. */
export function nameProblem(reason: string): string {
  return sentence(NAMES, reason) ?? `That name cannot be used (${reason}).`;
}

const PASSWORDS: Readonly<Record<string, string>> = {
  'too-short': 'That password is too short. A few words make a good one.',
  'too-long': 'That password is too long.',
  characters: 'That password has characters that cannot be typed on every keyboard.',
  'like-the-name': 'That password is too similar to the name.',
  common: 'That password is too common: attackers try it first.',
  new: 'Please choose a new password.',
  reset: 'The code is right. Please choose a new password.',
};

/** Why a new password was not accepted. */
export function passwordProblem(reason: string): string {
  return sentence(PASSWORDS, reason) ?? `That password is not accepted here (${reason}).`;
}

const NO_INVITATION = 'That invitation is not valid: it has expired, was used up, or has a typing error.';

/** Why the last answer to a question was not accepted; empty if the question is asked for the first time. */
export function answerProblem({ question, because }: Pick<Ask, 'question' | 'because'>): string {
  if (because === '') return '';
  switch (question) {
    case 'password':
      return 'Wrong password.';
    case 'new-password':
      return passwordProblem(because);
    case 'invitation':
      return NO_INVITATION;
    default:
      return /[.?!]$/.test(because) ? because : `${because}.`;
  }
}

/**
 * Why a login or a registration failed, by the question that is open.
 * @param name as the user typed it
 * @param registers whether the user wanted to register the name
 */
export function loginProblem(
  { question = '', because = '', reason }: Partial<Ask>,
  name: string,
  registers = false,
): string {
  switch (question) {
    case 'password':
      return registers ? `${nameProblem('taken')} If it is yours, log in instead.` : 'Wrong password.';
    case 'register':
    case 'guest':
      return `There is no account “${name}”.`;
    case 'new-password':
      return passwordProblem(because);
    case 'username':
      if (because === 'connected') return `“${name}” is already connected from another window or device.`;
      if (because === 'rate') return 'Too many attempts. Please wait a moment.';
      return reason === undefined
        ? `There is no account “${name}”, and it cannot be registered here.`
        : nameProblem(reason);
    case 'invitation':
      return because === '' ? 'You need an invitation to make an account here.' : NO_INVITATION;
    default:
      return `You cannot log in without answering “${question}”.`;
  }
}

const CLOSED: Readonly<Record<string, string>> = {
  replaced: 'You logged in from another window or device, so this connection was closed.',
  kicked: 'A moderator disconnected you.',
  banned: 'You are banned from this chat.',
  'signed-out': 'You were signed out, or your name or password was changed. Please log in again.',
  removed: 'Your account was removed.',
  'wrong-password': 'There were too many wrong passwords.',
  'no-json': 'There is no chatserv server at this address.',
  shutdown: 'The server is shutting down.',
  timeout: 'The connection was idle for too long.',
  'too-slow': 'This client could not keep up with the messages.',
  'too-fast': 'Too much was sent at once.',
  rate: 'Too much was sent at once.',
  full: 'The server is full.',
  busy: 'The server is busy.',
  'too-many-guests': 'There are too many guests at the moment.',
  'too-many-connections': 'There are too many connections from your network.',
  'too-many-new-connections': 'There are too many connections from your network.',
  connected: 'Your previous connection is still open.',
  unreachable: 'The server cannot be reached.',
  'no-answer': 'The server did not answer in time.',
  'no-greeting': 'The server closed the connection without an answer.',
  cut: 'The connection was lost.',
};

/** Why a connection was lost or could not be made. @param why of the state `lost` */
export function lostReason(why: string): string {
  return sentence(CLOSED, why) ?? `The connection was lost (${why}).`;
}

/** Why a conversation ended. @param name of the user, if the login failed */
export function closedReason(closed: Closed, name = ''): string {
  switch (closed.why) {
    case 'blocked':
      return blockedReason(closed.seconds ?? 0);
    case 'refused':
      return loginProblem(closed, name);
    default:
      return sentence(CLOSED, closed.why) ?? `The server closed the connection (${closed.why}).`;
  }
}

/** Longer blocks are permanent, in seconds. */
const PERMANENT = 10 * 365 * 86_400;

/** That the server blocks logins, or registrations. It does not give the reason. */
export function blockedReason(seconds: number, registers = false): string {
  if (seconds > PERMANENT) return sentence(CLOSED, 'banned') ?? '';
  if (registers) return `You cannot create an account for ${durationText(seconds)}.`;
  return `You cannot log in for ${durationText(seconds)}: a moderator blocked you, or there were too many wrong passwords.`;
}

/** A duration, rounded up. */
export function durationText(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.ceil(hours / 24)} days`;
}

/**
 * Why a request failed: the server's own explanation, or a sentence for its reason.
 * @param usage how the command is typed, if that is known
 */
export function requestProblem(error: Pick<RequestError, 'reason' | 'about' | 'sentence'>, usage?: string): string {
  const { reason, about, sentence } = error;
  if (reason === 'args' && usage !== undefined) return `${sentence === undefined ? '' : `${sentence} `}Usage: ${usage}`;
  if (sentence !== undefined) return sentence;
  switch (reason) {
    case 'command':
      return commandProblem(about);
    case 'args':
      return `Wrong arguments; see /help ${about}.`;
    case 'denied':
      return `You are not allowed to use /${about}.`;
    case 'field':
      return about.startsWith('to')
        ? 'No user can have such a name.'
        : `The server does not accept the field ${about}.`;
    case 'line':
      return 'That is too long for this server.';
    case 'lost':
      return `The connection was lost before /${about} was answered; it may have run.`;
    case 'closed':
      return 'The connection was closed before the server confirmed this.';
    case 'cancelled':
      return `You gave no answer, so /${about} was cancelled.`;
    case 'internal':
      return 'Something went wrong on the server. The error is in its log.';
    default:
      return `The server refused this (${reason}).`;
  }
}

/** That a command does not exist. @param like the closest commands */
export function commandProblem(word: string, like: readonly string[] = []): string {
  if (word === '') return 'A line that starts with / is a command. /help lists the commands.';
  const near = like.length === 0 ? '' : ` Did you mean ${anyOf(like.map((one) => `/${one}`))}?`;
  return `There is no command /${word}, so nothing was sent.${near} /help lists the commands.`;
}

/**
 * Who did not get a message.
 * @param recipients how many it had
 * @param stored whether the server stores messages for offline users, if that is known
 */
export function undeliveredTo(unknown: readonly string[], recipients: number, stored?: boolean): string {
  const reasons =
    stored === undefined
      ? 'no such user, or unable to receive messages'
      : stored
        ? 'no such user, too many unread messages, or they do not take messages from you'
        : 'not online, and this server does not store messages';
  const sent = unknown.length < recipients ? 'Sent to the others, but not to' : 'Not sent to';
  return `${sent} ${listed(unknown)}: ${reasons}.`;
}

/** Names in a sentence. */
function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names);
}

function anyOf(words: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(words);
}

function sentence(table: Readonly<Record<string, string>>, reason: string): string | undefined {
  return Object.hasOwn(table, reason) ? table[reason] : undefined;
}
