import {
  type Conversation,
  commandOf,
  commandsIn,
  type KnownCommand,
  messageOf,
  type RequestError,
  requestProblem,
  wordsLike,
} from 'chatserv/client';
import type { Recipients } from './talks.ts';
import { noCommandInWords } from './words.ts';

/** A typed line: a message, or after a slash a command. Two slashes are a message that starts with one. */
export type Written =
  | { readonly kind: 'text'; readonly text: string }
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
  const message = messageOf(commandOf(name, commands.length > 0 ? commands : STANDARD) ?? { name }, rest);
  return message === undefined ? { kind: 'command', name, rest } : { kind: 'message', ...message };
}

/** A line of an answer, as shown. */
export interface Line {
  /** The term before it, such as a command before its explanation. */
  readonly term?: string;
  readonly text: string;
}

/** Calls a command. @param answered called with its facts @returns the lines to show */
export async function call(
  conversation: Conversation,
  name: string,
  rest: string,
  answered: (command: string, facts: unknown) => void,
): Promise<readonly Line[]> {
  try {
    const { command, text, lines, facts } = await conversation.command(name, rest);
    answered(command, facts);
    if (command === 'help') return commandsIn(facts).map(helpLine);
    const shown = (lines ?? [text ?? '']).map((line) => ({ text: line }));
    return shown.length === 0 || (shown.length === 1 && shown[0]?.text === '') ? [{ text: '(no output)' }] : shown;
  } catch (cause) {
    const error = cause as RequestError;
    if (error.reason === 'command') return [{ text: noCommandInWords(name, wordsLike(name, conversation.commands)) }];
    const usage = commandOf(name, conversation.commands)?.usage;
    return [{ text: requestProblem(error, usage && `/${usage}`) }];
  }
}

/** The usage of a command, and what it does. */
function helpLine({ usage, summary, aliases }: KnownCommand): Line {
  const also = aliases.length === 0 ? '' : ` (also: ${aliases.map((alias) => `/${alias}`).join(', ')})`;
  return { term: `/${usage}`, text: summary + also };
}
