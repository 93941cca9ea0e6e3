import {
  type Conversation,
  commandOf,
  commandsIn,
  type KnownCommand,
  messageOf,
  type RequestError,
  wordsLike,
} from 'chatserv/client';
import type { Line, Recipients } from './talk.ts';
import { answerInWords, noCommandInWords, refusedInWords } from './words.ts';

/** A typed line: a message, or after a slash a command. Two slashes are a message that starts with one. */
export type Written =
  /** `form: 'action'`: it tells what the user does. */
  | { readonly kind: 'text'; readonly text: string; readonly form?: 'action' }
  | { readonly kind: 'message'; readonly to: Recipients; readonly text: string }
  | { readonly kind: 'command'; readonly name: string; readonly rest: string };

/** Whether a line is meant as a command, even with a blank before its slash. */
export function isCommand(line: string): boolean {
  return /^\s*\/(?!\/)/.test(line);
}

/** The commands that send messages, until the server has listed its own. */
const STANDARD: readonly KnownCommand[] = [{ name: 'message', aliases: ['send'], usage: '', summary: '' }];

/** Parses a line. @param commands the server's; empty until they are known */
export function understood(line: string, commands: readonly KnownCommand[] = []): Written {
  const written = line.trimStart();
  if (written.startsWith('//')) return { kind: 'text', text: written.slice(1) };
  if (!written.startsWith('/')) return { kind: 'text', text: line };
  const [, name = '', rest = ''] = /^\/(\S*)\s?(.*)$/s.exec(written) ?? [];
  if (name === 'me' && rest.trim() !== '') return { kind: 'text', text: rest, form: 'action' };
  const message = messageOf(commandOf(name, commands.length > 0 ? commands : STANDARD) ?? { name }, rest);
  return message === undefined ? { kind: 'command', name, rest } : { kind: 'message', ...message };
}

/** What the page answers to a command. */
export interface CommandAnswer {
  readonly lines: readonly Line[];
  readonly isProblem: boolean;
}

/** Calls a command. @param answered called with its facts @returns what to show */
export async function call(
  conversation: Conversation,
  name: string,
  rest: string,
  answered: (command: string, facts: unknown) => void,
): Promise<CommandAnswer> {
  try {
    const { command, text, lines, facts } = await conversation.command(name, rest);
    answered(command, facts);
    if (command === 'help') return { lines: commandsIn(facts).map(helpLine), isProblem: false };
    const shown = (lines ?? [answerInWords(text ?? '')]).map((line) => ({ text: line }));
    const isEmpty = shown.every((line) => line.text === '');
    return { lines: isEmpty ? [{ text: '(no output)' }] : shown, isProblem: false };
  } catch (cause) {
    const error = cause as RequestError;
    const usage = commandOf(name, conversation.commands)?.usage;
    const text =
      error.reason === 'command'
        ? noCommandInWords(name, wordsLike(name, conversation.commands))
        : refusedInWords(error, usage && `/${usage}`);
    return { lines: [{ text }], isProblem: true };
  }
}

/** The usage of a command, and what it does. */
function helpLine({ usage, summary, aliases }: KnownCommand): Line {
  const also = aliases.length === 0 ? '' : ` (also: ${aliases.map((alias) => `/${alias}`).join(', ')})`;
  return { term: `/${usage}`, text: summary + also };
}
