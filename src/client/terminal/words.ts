import { commandOf, messageLine, messageOf } from '../commands.ts';
import type { KnownCommand } from '../owner.ts';

/** Whom a message is for. */
export type Addressee = 'everyone' | readonly string[];

/** A call of a command: its name, and what stands after it. */
export interface CommandLine {
  readonly name: string;
  readonly text: string;
}

/** What a typed line says. */
export type Words =
  | { readonly kind: 'nothing' | 'quit' }
  /** `unless`: the call that the line is instead, if the server has that command. The server decides, when it is sent. */
  | { readonly kind: 'message'; readonly to: Addressee; readonly text: string; readonly unless?: CommandLine }
  /** `sure`: with `/`, so that it is no plain talk. */
  | { readonly kind: 'to'; readonly to: Addressee; readonly sure: boolean }
  /** It begins as one of the terminal's own forms, whose usage this is, and goes on as something else. */
  | { readonly kind: 'misused'; readonly usage: string }
  | { readonly kind: 'help'; readonly text: string }
  | ({ readonly kind: 'command' } & CommandLine);

const TO: KnownCommand = {
  name: 'to',
  aliases: [],
  usage: 'to everyone, or to <user> ...',
  summary: 'Sets whom plain talk is for',
};
const SAY: KnownCommand = {
  name: 'say',
  aliases: [],
  usage: 'say <text>',
  summary: 'Says what begins like a command',
};
const QUIT: KnownCommand = { name: 'quit', aliases: ['exit'], usage: 'quit', summary: 'Leaves' };

/** How one or several users are spoken to privately. */
const WHISPER = '@<user> <text>, or @(<user> <user> ...) <text>';

/** The words of the standard commands, until the server has said which it has: it knows which of them are aliases. */
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
].map((name) => ({ name, aliases: [], usage: name, summary: '' }));

/** The commands to go by: those of the server, or what it likely has. */
export function commandsOr(learned: readonly KnownCommand[]): readonly KnownCommand[] {
  return learned.length > 0 ? learned : STANDARD;
}

/** The commands of the terminal itself. The server's own command of the same word takes its place. */
export function ownCommands(learned: readonly KnownCommand[]): readonly KnownCommand[] {
  return [TO, SAY, QUIT].filter(({ name }) => commandOf(name, learned) === undefined);
}

/**
 * What a line says. A word that is a command of the server calls it, with `/` before it or without; then come the
 * terminal's own words. What begins with `/` is never said. All else is said to the addressee, or with `@name` to that
 * user, unless its first word turns out to be a command that the server has by now.
 */
export function wordsOf(line: string, learned: readonly KnownCommand[], addressee: Addressee): Words {
  if (line.trim() === '') return { kind: 'nothing' };
  const [, slash, word = '', text = ''] = /^\s*(\/?)(\S*) ?(.*)$/s.exec(line) ?? [];
  const isSlashed = slash !== '';
  const command = commandOf(word, commandsOr(learned));
  if (command !== undefined) return calling(command, text);
  switch (commandOf(word, [TO, SAY, QUIT])) {
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

/** What a line says that calls a command of the server. */
function calling(command: Pick<KnownCommand, 'name' | 'params'>, text: string): Words {
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

function addressing(text: string, sure: boolean): Words {
  const names = namesIn(text);
  const [first] = names;
  if (first === undefined) return { kind: 'misused', usage: TO.usage };
  return { kind: 'to', to: first === 'everyone' && names.length === 1 ? first : names, sure };
}

/** The message that a command line sends: as one it can be sent again. Undefined where it is none, or wrong. */
function messageIn(
  command: Pick<KnownCommand, 'name' | 'params'>,
  rest: string,
): (Words & { readonly kind: 'message' }) | undefined {
  const message = messageOf(command, rest);
  return message && { kind: 'message', ...message };
}

/** The message in what follows an `@`, in whose list of names there may be commas, and an `@` before each. */
function whisperIn(text: string): (Words & { readonly kind: 'message' }) | undefined {
  const message = messageIn({ name: 'message' }, text);
  if (message === undefined || message.to === 'everyone' || !text.startsWith('(')) return message;
  const to = message.to.flatMap(namesIn);
  return to.length === 0 ? undefined : { ...message, to };
}

/** The line that says a text to an addressee, whatever the text begins with. */
export function sayingLine(text: string, addressee: Addressee, learned: readonly KnownCommand[]): string {
  if (commandOf(SAY.name, learned) === undefined) return `say ${text}`;
  return messageLine({ to: addressee, text });
}

/** Names as people write them, with commas or an `@` before each: of a name that has one itself, `@` is the second. */
function namesIn(text: string): string[] {
  return (text.match(/[^\s,()]+/g) ?? []).map((name) => name.replace(/^@(?=.)/, ''));
}
