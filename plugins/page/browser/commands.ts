import type { Conversation, RequestError } from 'chatserv/client';
import { failureInWords } from './words.ts';

/** What was written: a message, or, after a slash, a command. Two slashes are a message that begins with one. */
export type Written =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'message'; readonly to: readonly string[]; readonly text: string }
  | { readonly kind: 'command'; readonly name: string; readonly rest: string };

export function understood(line: string): Written {
  if (line.startsWith('//')) return { kind: 'text', text: line.slice(1) };
  const [, name, rest = ''] = /^\/(\S+)(?: (.*))?$/s.exec(line) ?? [];
  if (name === undefined) return { kind: 'text', text: line };
  const [, several, one, text = ''] = /^(?:\(([^()]*)\)|([^\s()]+)) (.*)$/s.exec(rest) ?? [];
  const to = one === undefined ? (several?.match(/\S+/g) ?? []) : [one];
  if ((name === 'message' || name === 'send') && to.length > 0 && text.trim() !== '') {
    return { kind: 'message', to, text };
  }
  return { kind: 'command', name, rest };
}

/** A line of what is shown of an answer. */
export interface Line {
  /** What stands before it, as a name before its explanation. */
  readonly term?: string;
  readonly text: string;
}

/** Calls a command. @returns what is to be shown of the answer */
export async function call(conversation: Conversation, name: string, rest: string): Promise<readonly Line[]> {
  try {
    const { text, lines } = await conversation.command(name, rest);
    const shown = (lines ?? [text ?? '']).map((line) => (name === 'help' ? helpLine(line) : { text: line }));
    return shown.length === 0 || (shown.length === 1 && shown[0]?.text === '') ? [{ text: '(nothing)' }] : shown;
  } catch (cause) {
    const { reason, about } = cause as RequestError;
    const known = conversation.commands.find((command) => command.name === name || command.aliases.includes(name));
    return [{ text: failureInWords(reason, about || name, known?.usage) }];
  }
}

/** How a command is called, and what it does. */
function helpLine(line: string): Line {
  const [, usage = '', summary = line] = /^(.*?) - (.*)$/.exec(line) ?? [];
  return usage === '' ? { text: summary } : { term: `/${usage}`, text: summary };
}
