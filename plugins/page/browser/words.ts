import type { Ask } from 'chatserv/client';

/** Why a login or a registration failed, by the question that is open. */
export function loginProblem(
  { question, because = '', reason }: Partial<Ask>,
  { name, registers }: { readonly name: string; readonly registers: boolean },
): string {
  switch (question) {
    case 'password':
      if (!registers) return 'That password is not right. Please try again.';
      return `The name ${quoted(name)} is taken. If it is yours, log in; otherwise choose another one.`;
    case 'register':
      return `There is no account ${quoted(name)}. Is it spelt right? If you are new, make an account below.`;
    case 'new-password':
      return passwordProblem(because);
    case 'username':
      return registers && reason !== undefined
        ? nameProblem(reason, name)
        : otherProblem({ because, reason }, name, registers);
    default:
      return 'Without an answer you cannot log in.';
  }
}

function passwordProblem(because: string): string {
  switch (because) {
    case 'too-short':
      return 'That password is too short. A few words make a good one.';
    case 'too-long':
      return 'That password is too long.';
    case 'like-the-name':
      return 'That password is too much like the name. Please choose another one.';
    case 'common':
      return 'That password is one that many people use, and the first that others try. Please choose another one.';
    default:
      return 'That password is not accepted here. Please choose another one.';
  }
}

function nameProblem(reason: string, name: string): string {
  switch (reason) {
    case 'taken':
    case 'look-alike':
      return `The name ${quoted(name)} is taken, or too much like one that is. Please choose another one.`;
    case 'too-long':
      return 'That name is too long. Names have up to 32 characters.';
    case 'address':
      return 'That name is an IP address. Please choose another one.';
    case 'mixed-scripts':
    case 'direction':
      return 'That name mixes letters of several scripts. Please use those of one.';
    default:
      return 'That name cannot be used. Letters and digits are fine, and no blanks or : , ( ) [ ] { } # *';
  }
}

function otherProblem({ because, reason }: Pick<Ask, 'because' | 'reason'>, name: string, registers: boolean): string {
  switch (because) {
    case 'connected':
      if (reason === 'takeover') {
        return `${quoted(name)} is connected already, in another window or on another device. Logging in here closes that connection.`;
      }
      return `${quoted(name)} is connected already, perhaps in another window. Log out there, or wait a moment.`;
    case 'rate':
      return 'That was too often. Please wait a moment.';
    default:
      if (registers) {
        return 'New accounts are not made here, or not with this name. Please choose another name, or ask whoever runs this chat.';
      }
      return `There is no account ${quoted(name)} here. Is it spelt right?`;
  }
}

/** A question of a command, or of a plugin during the login: heading, problem with the last answer, and question. */
export function questionInWords({ question, because, command }: Ask): {
  title: string;
  problem: string;
  label: string;
} {
  const title = command === undefined ? 'Before you go on' : `/${command} asks`;
  switch (question) {
    case 'password':
      return { title, problem: because === '' ? '' : 'That password is not right.', label: 'Your password' };
    case 'new-password':
      return { title, problem: because === '' ? '' : passwordProblem(because), label: 'A new password' };
    case 'new-password-again':
      return { title, problem: because, label: 'The same again' };
    default:
      return { title, problem: because, label: question };
  }
}

/** How many are online, this user included. */
export function onlineInWords(count: number): string {
  return count <= 1 ? 'Only you are online' : `${count} people online`;
}

/** What happens to messages for a person who is not online. */
export function absenceInWords(keepsMessages: boolean): string {
  return keepsMessages ? 'Away; gets your messages on coming back' : 'Away; messages do not wait here';
}

/** What an empty conversation is for. */
export function emptyInWords(to: 'everyone' | readonly string[], keepsMessages: boolean): string {
  if (to === 'everyone') {
    return 'What was said before is not shown here. What you write goes to everyone. Say hello!';
  }
  const absent = keepsMessages ? 'Who is away gets it on coming back.' : 'Who is not online does not get it.';
  if (to.length > 1) return `What you write here goes to each of them, and to nobody else. ${absent}`;
  return `What you write here goes to this person only. ${absent}`;
}

/** Who did not get a message. @param of how many recipients it had */
export function unreachedInWords(unknown: readonly string[], of: number, keepsMessages: boolean): string {
  const names = listed(unknown);
  if (!keepsMessages) {
    const away = `${names} ${unknown.length > 1 ? 'are' : 'is'} not online, and messages do not wait here.`;
    return unknown.length === of ? `Nobody got this: ${away}` : `The others got this, but ${away}`;
  }
  if (of === 1) return `Nobody got this: there is no account ${names}.`;
  const why = 'no such account, or too much waits for it already';
  const sent = unknown.length === of ? 'This could not be sent' : 'This was sent to the others, but not';
  return `${sent} to ${names}: ${why}.`;
}

/** Why the conversation ended, by the server's reason. */
export function closedInWords(why: string): string {
  switch (why) {
    case 'replaced':
      return 'You connected in another window or on another device, so this one was disconnected.';
    case 'kicked':
      return 'You were disconnected by those who look after this chat.';
    case 'banned':
      return 'You are banned from this chat.';
    case 'signed-out':
      return 'You were signed out everywhere, or your name or password was changed. Please log in again.';
    case 'removed':
      return 'Your account was removed.';
    case 'no-json':
      return 'What answers here is not a chat server. Please tell whoever runs it.';
    default:
      return 'The server ended the connection.';
  }
}

/** Why there is no connection for the login, by the server's reason or the error. */
export function lostInWords(why: string): string {
  switch (why) {
    case 'too-many-connections':
    case 'too-many-new-connections':
      return 'There are too many connections from your network. Please try again in a while, or tell whoever runs this chat.';
    case 'busy':
      return 'The server is very busy. Please try again in a moment.';
    case 'full':
      return 'There are more people here than there is room for. Please try again in a moment.';
    case 'timeout':
      return 'That took too long. Please try again.';
    case 'shutdown':
      return 'The server is shutting down. Please try again later.';
    default:
      return 'There is no connection to the server. Please try again in a moment.';
  }
}

/**
 * Why a command or a message failed.
 * @param usage the command's usage, if known
 * @param sentence the server's explanation, if it gave one
 */
export function failureInWords(reason: string, about: string, usage?: string, sentence?: string): string {
  if (sentence !== undefined) {
    return reason === 'args' && usage !== undefined ? `${sentence} ${failureInWords(reason, about, usage)}` : sentence;
  }
  switch (reason) {
    case 'command':
      return `This server has no /${about}.`;
    case 'args':
      return usage === undefined
        ? `/${about} is called in another way; see /help.`
        : `It is called like this: /${usage}`;
    case 'denied':
      return `You are not allowed to use /${about}.`;
    case 'field':
      return about.startsWith('to') ? 'Nobody can have such a name.' : 'The server does not understand this.';
    case 'line':
      return 'The message is too long for this server.';
    case 'lost':
      return 'The connection was lost before this was answered; it may have been done.';
    case 'closed':
      return 'The conversation ended before this was confirmed.';
    case 'cancelled':
      return `You gave no answer, and /${about} was cancelled.`;
    case 'internal':
      return 'Something went wrong on the server. It was noted there.';
    default:
      return `The server refused this (${reason}).`;
  }
}

/** That a command does not exist. @param like the closest commands */
export function noCommandInWords(name: string, like: readonly string[]): string {
  const help = '/help lists those that there are.';
  if (name === '') return `A line that starts with / is a command. ${help}`;
  const near = like.length === 0 ? '' : ` Did you mean ${anyOf(like.map((word) => `/${word}`))}?`;
  return `There is no command /${name}, and nothing was sent.${near} ${help} Start with // to send a / itself.`;
}

/** That logins are blocked. The server says for how long, but not why. */
export function blockedInWords(seconds: number, registers: boolean): string {
  if (seconds > FOR_GOOD) return 'You are kept out of this chat.';
  const wait = `Please wait ${secondsInWords(seconds)}.`;
  if (registers) return `New accounts are not made for you for now. ${wait}`;
  return `Logging in is blocked for now: by a moderator, or after too many wrong passwords. ${wait}`;
}

/** Longer blocks are for good, in seconds. */
const FOR_GOOD = 10 * 365 * 86_400;

/** A duration that counts down. */
export function secondsInWords(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.ceil(hours / 24)} days`;
}

function anyOf(words: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(words);
}

/** Names in a sentence. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names);
}

function quoted(name: string): string {
  // Isolated, so that a right-to-left name does not reorder the sentence.
  return `“\u2068${name}\u2069”`;
}
