import {
  type Ask,
  answerProblem,
  commandProblem,
  loginProblem,
  type RequestError,
  requestProblem,
} from 'chatserv/client';
import { server } from './server.ts';

/** Why a login or a registration failed, and what to do about it. */
export function loginProblemInWords(ask: Partial<Ask>, name: string, registers: boolean): string {
  const problem = loginProblem(ask, isolated(name), registers);
  if (ask.question === 'register') return `${problem} Check the spelling. If you are new, make an account below.`;
  if (ask.because !== 'connected') return problem;
  const takeover = ask.reason === 'takeover';
  return `${problem} ${takeover ? 'Logging in here closes that connection.' : 'Log out there, or wait a moment.'}`;
}

/** A question of a command, or of a plugin during the login: heading, problem with the last answer, and question. */
export function questionInWords(ask: Ask): { title: string; problem: string; label: string } {
  return {
    title: ask.command === undefined ? 'Before you go on' : `/${ask.command} asks`,
    problem: answerProblem(ask),
    label: LABELS[ask.question] ?? ask.question,
  };
}

const LABELS: Readonly<Record<string, string>> = {
  password: 'Your password',
  'new-password': 'New password',
  'new-password-again': 'Repeat the password',
  invitation: 'The code of your invitation',
};

/** How many are online, this user included. */
export function onlineInWords(count: number): string {
  return count <= 1 ? 'Only you are online' : `${count} people online`;
}

/** What happens to messages for a person who is not online. */
export function absenceInWords(): string {
  return server.keepsMessages ? 'Away; gets your messages later' : 'Away; messages are not stored here';
}

/** What happens to messages for people who are not online. */
export function absentInWords(): string {
  return server.keepsMessages ? 'People who are away get the message later.' : 'Only people who are online get it.';
}

/** What an empty conversation is for. */
export function emptyInWords(to: 'everyone' | 'room' | readonly string[]): string {
  if (to === 'room') return 'What you write here goes to the members of this room.';
  if (to === 'everyone') {
    return 'Earlier messages are not shown here. What you write goes to everyone. Say hello!';
  }
  const absent = server.keepsMessages ? 'People who are away get it later.' : 'Only people who are online get it.';
  if (to.length > 1) return `What you write here goes to these people only. ${absent}`;
  return `What you write here goes to this person only. ${absent}`;
}

/** The answers of commands that are words for programs, with what they are about. */
const ANSWERS: Readonly<Record<string, (about: string) => string>> = {
  created: (room) => `You created ${room}.`,
  joined: (room) => `You joined ${room}.`,
  left: (room) => `You left ${room}.`,
  edited: () => 'The message was edited.',
  deleted: () => 'The message was deleted.',
  reacted: () => 'You reacted to the message.',
  unreacted: () => 'You took your reaction back.',
  reported: () => 'The moderators were told.',
  sent: (unknown) => (unknown === '' ? 'Sent.' : `Sent, but there is no user ${unknown}.`),
  topic: (about) => about.replace(/^(\S+) ?/, 'The topic of $1: '),
  done: (about) => (about === '' || /^\d+$/.test(about) ? 'Done.' : `Done: ${about}`),
};

/** The answer of a command as a sentence, where it is a word such as `joined:#lab`. */
export function answerInWords(text: string): string {
  const [, word = '', about = ''] = /^([a-z-]+):(.*)$/.exec(text) ?? [];
  return Object.hasOwn(ANSWERS, word) ? (ANSWERS[word]?.(about) ?? text) : text;
}

/** That a command does not exist. @param like the closest commands */
export function noCommandInWords(word: string, like: readonly string[]): string {
  const problem = commandProblem(word, like);
  return word === '' ? problem : `${problem} To send a message that starts with /, type //.`;
}

/** Reasons that are not the server's refusal. */
const OWN = new Set(['lost', 'closed', 'cancelled', 'withdrawn', 'args', 'command']);

/** Why the server refused something. @param usage how the command is typed, if that is known */
export function refusedInWords(error: RequestError, usage?: string): string {
  const problem = requestProblem(error, usage);
  const isRefusal = !OWN.has(error.reason) && !problem.startsWith('The server refused');
  return isRefusal ? `This server refused that: ${problem}` : problem;
}

/** A name in a sentence. */
function isolated(name: string): string {
  // Isolated, so that a right-to-left name does not reorder the sentence.
  return `\u2068${name}\u2069`;
}
