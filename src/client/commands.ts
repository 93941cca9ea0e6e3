import { type ParamShapes, readLine, writeLine } from '../params/arguments.ts';
import { nearest } from '../usernames/nearest.ts';
import type { KnownCommand } from './owner.ts';

/** A message that a typed line sends. */
export interface TypedMessage {
  readonly to: 'everyone' | readonly string[];
  readonly text: string;
}

/** The arguments of the standard commands that send messages, used until the server has listed its commands. */
const MESSAGES: Readonly<Record<string, ParamShapes>> = {
  broadcast: { text: { kind: 'text', about: '' } },
  message: { to: { kind: 'users', about: '' }, text: { kind: 'text', about: '' } },
};

/** The command with this name or alias. */
export function commandOf(word: string, commands: readonly KnownCommand[]): KnownCommand | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** The commands closest to a misspelt word: at most three, the closest first. */
export function wordsLike(word: string, commands: readonly KnownCommand[]): string[] {
  return nearest(word, new Set(commands.flatMap(({ name, aliases }) => [name, ...aliases])));
}

/**
 * The message that a line with the command `message` or `broadcast` sends. Send it with `Conversation.message`, which
 * retries after a lost connection; a command is not retried.
 * @param rest what follows the command's word
 * @returns undefined if the command sends no message, or its arguments are wrong
 */
export function messageOf(
  { name, params }: Pick<KnownCommand, 'name' | 'params'>,
  rest: string,
): TypedMessage | undefined {
  if (!Object.hasOwn(MESSAGES, name)) return undefined;
  const read = readLine(params ?? MESSAGES[name] ?? {}, rest);
  if ('problem' in read) return undefined;
  const { to = 'everyone', text } = read.values;
  const isMessage = typeof text === 'string' && (Array.isArray(to) ? name === 'message' : name === 'broadcast');
  return isMessage ? { to: to as TypedMessage['to'], text } : undefined;
}

/** The line that sends a message. */
export function messageLine({ to, text }: TypedMessage): string {
  const name = to === 'everyone' ? 'broadcast' : 'message';
  return `${name} ${writeLine(MESSAGES[name] ?? {}, { to, text })}`;
}
