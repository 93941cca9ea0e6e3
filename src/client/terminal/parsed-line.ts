import { commandOf, messageLine, messageOf } from '../commands.ts';
import type { KnownCommand } from '../owner.ts';
import type { Addressee } from './addressee.ts';

/** A command and the rest of its line. */
interface CommandLine {
  readonly name: string;
  readonly text: string;
}

/** A typed line. */
export type ParsedLine =
  | { readonly kind: 'nothing' | 'quit' | 'close' }
  /** `unless`: the command that the line is instead, if the server has it. The server decides when the line is sent. */
  | {
      readonly kind: 'message';
      readonly to: Addressee;
      readonly text: string;
      readonly unless?: CommandLine;
      readonly form?: 'action';
    }
  /** `sure`: typed with `/`, so that it is not a message. */
  | { readonly kind: 'to'; readonly to: Addressee; readonly sure: boolean }
  /** It starts like one of the terminal's own commands, whose usage this is, but has other arguments. */
  | { readonly kind: 'misused'; readonly usage: string }
  /** Shows a window: by its number, or of a room or users. */
  | { readonly kind: 'window'; readonly to: number | Addressee }
  /** Shows a hit of the last search, by its number. */
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'help'; readonly text: string }
  | ({ readonly kind: 'command' } & CommandLine);

const TO: KnownCommand = {
  name: 'to',
  aliases: [],
  usage: 'to everyone, to #room, or to <user> ...',
  summary: 'Sets who your messages go to',
};
const SAY: KnownCommand = {
  name: 'say',
  aliases: [],
  usage: 'say <text>',
  summary: 'Sends a message that starts like a command',
};
const ME: KnownCommand = {
  name: 'me',
  aliases: [],
  usage: '/me <text>',
  summary: 'Tells what you do, where your messages go: * alice waves',
};
const WIN: KnownCommand = {
  name: 'win',
  aliases: ['window'],
  usage: '/win <number>, /win #room, or /win <user>',
  summary: 'Shows that window',
};
const CLOSE: KnownCommand = {
  name: 'close',
  aliases: [],
  usage: '/close',
  summary: 'Closes the window until the next message in it',
};
const JUMP: KnownCommand = {
  name: 'jump',
  aliases: [],
  usage: '/jump <number>',
  summary: 'Shows a message that /search has found in its place',
};
const QUIT: KnownCommand = { name: 'quit', aliases: ['exit'], usage: 'quit', summary: 'Logs out and quits' };

/** The usage of private messages. */
const WHISPER = '@<user> <text>, or @(<user> <user> ...) <text>';

/** The words of the standard commands, aliases among them, used until the server has listed its own. */
const STANDARD: readonly KnownCommand[] = [
  'message',
  'send',
  'broadcast',
  'who',
  'whoelse',
  'wholast',
  'last',
  'fetch',
  'help',
  'logout',
  'devices',
].map((name) => ({ name, aliases: [], usage: name, summary: '' }));

/** The commands of the server, or the standard ones until they are known. */
export function commandsOr(learned: readonly KnownCommand[]): readonly KnownCommand[] {
  return learned.length > 0 ? learned : STANDARD;
}

/** The commands of the terminal itself, unless the server has one of that name. */
export function ownCommands(learned: readonly KnownCommand[]): readonly KnownCommand[] {
  return [ME, ...[TO, WIN, CLOSE, JUMP, SAY, QUIT].filter(({ name }) => commandOf(name, learned) === undefined)];
}

/**
 * Parses a line. If its first word is a command of the server, it calls it, with or without a `/`; then come the
 * terminal's own commands. A line that starts with `/` is never a message, but for `/me`. Any other is a message to the
 * addressee, or with `@name` to that user, unless its first word has become a command of the server in the meantime.
 */
export function parseLine(line: string, learned: readonly KnownCommand[], addressee: Addressee): ParsedLine {
  if (line.trim() === '') return { kind: 'nothing' };
  const [, slash, word = '', text = ''] = /^\s*(\/?)(\S*) ?(.*)$/s.exec(line) ?? [];
  const isSlashed = slash !== '';
  // Many messages start with the word, whose command the server has for plain lines.
  if (word === ME.name) return isSlashed ? acting(text, addressee) : { kind: 'message', to: addressee, text: line };
  const command = commandOf(word, commandsOr(learned));
  if (command !== undefined) return calling(command, text);
  switch (commandOf(word, isSlashed ? [TO, WIN, CLOSE, JUMP, SAY, QUIT] : [TO, SAY, QUIT])) {
    case WIN:
      return windowIn(text);
    case JUMP:
      if (/^\s*\d+\s*$/.test(text)) return { kind: 'jump', to: Number(text) };
      return { kind: 'misused', usage: JUMP.usage };
    case CLOSE:
      return text.trim() === '' ? { kind: 'close' } : { kind: 'misused', usage: CLOSE.usage };
    case TO:
      return addressing(text, isSlashed);
    case SAY:
      if (isSlashed) break;
      if (text.trim() === '') return { kind: 'nothing' };
      return { kind: 'message', to: addressee, text, unless: { name: word, text } };
    case QUIT:
      return text.trim() === '' ? { kind: 'quit' } : { kind: 'misused', usage: QUIT.usage };
  }
  if (isSlashed) return calling({ name: word }, text);
  const unless = { name: word, text };
  if (!word.startsWith('@')) return { kind: 'message', to: addressee, text: line, unless };
  const whisper = whisperIn(line.trimStart().slice(1));
  if (whisper !== undefined) return { ...whisper, unless };
  if (word.startsWith('@(')) return { kind: 'misused', usage: WHISPER };
  return { kind: 'message', to: addressee, text: line, unless };
}

/** A line that calls a command of the server. */
function calling(command: Pick<KnownCommand, 'name' | 'params'>, text: string): ParsedLine {
  const { name } = command;
  switch (name) {
    case 'logout':
      return text.trim() === '' ? { kind: 'quit' } : { kind: 'command', name, text };
    case 'help':
      return { kind: 'help', text };
    default:
      return messageIn(command, text) ?? { kind: 'command', name, text };
  }
}

/** What the user does, where the messages go. */
function acting(text: string, to: Addressee): ParsedLine {
  if (text.trim() === '') return { kind: 'misused', usage: ME.usage };
  return { kind: 'message', to, text, form: 'action' };
}

function windowIn(text: string): ParsedLine {
  if (/^\s*\d+\s*$/.test(text)) return { kind: 'window', to: Number(text) };
  const line = addressing(text, true);
  return line.kind === 'to' ? { kind: 'window', to: line.to } : { kind: 'misused', usage: WIN.usage };
}

function addressing(text: string, sure: boolean): ParsedLine {
  const names = namesIn(text);
  const [first] = names;
  if (first === undefined) return { kind: 'misused', usage: TO.usage };
  return { kind: 'to', to: first === 'everyone' && names.length === 1 ? first : names, sure };
}

/** The message that a command sends; undefined if it sends none, or its arguments are wrong. */
function messageIn(
  command: Pick<KnownCommand, 'name' | 'params'>,
  rest: string,
): (ParsedLine & { readonly kind: 'message' }) | undefined {
  const message = messageOf(command, rest);
  return message && { kind: 'message', ...message };
}

/** The message after an `@`. Its list of names may contain commas, and an `@` before each name. */
function whisperIn(text: string): (ParsedLine & { readonly kind: 'message' }) | undefined {
  const message = messageIn({ name: 'message' }, text);
  if (message === undefined || message.to === 'everyone' || !text.startsWith('(')) return message;
  const to = message.to.flatMap(namesIn);
  return to.length === 0 ? undefined : { ...message, to };
}

/** The line that sends a text to an addressee, whatever the text starts with. */
export function sayingLine(text: string, addressee: Addressee, learned: readonly KnownCommand[]): string {
  if (commandOf(SAY.name, learned) === undefined) return `say ${text}`;
  return messageLine({ to: addressee, text });
}

/** Names as people write them, with commas or an `@` before each. A name that starts with `@` itself needs two. */
function namesIn(text: string): string[] {
  return (text.match(/[^\s,()]+/g) ?? []).map((name) => name.replace(/^@(?=.)/, ''));
}
