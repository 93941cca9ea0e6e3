import { type Refusal, refuse } from 'chatserv';
import type { Call } from '../call.ts';
import { ownWords } from '../messages/own-words.ts';
import { isEveryone } from '../render/said.ts';

/** Refusals that say nothing about who calls: the arguments are missing, or the command is. */
const ANYBODY: ReadonlySet<string> = new Set(['args', 'command']);

/**
 * Why the client may not call the command that sends messages, such as a guest who may call few commands. Then it may not
 * write to others by what only IRC has either.
 * @param target to whom it writes
 */
export async function sendRefusal(call: Call, target = ''): Promise<Refusal | undefined> {
  // Without arguments it comes as far as the guards of commands, and no further.
  const answer = await call.command(isEveryone(call.irc, target) ? 'broadcast' : 'message');
  return answer.kind === 'answer' || ANYBODY.has(answer.reason) ? undefined : refuse(answer.reason, answer.sentence);
}

/** What the client says about itself, or with something else that it does. @returns the text that is left, or why it is refused */
export async function wordsFrom(call: Call, text: string): Promise<string | Refusal> {
  return (await sendRefusal(call)) ?? ownWords(call.irc, call.account, text);
}

/** The same for words that go with something that the client does anyway. @returns undefined if they were refused */
export async function reasonFrom(call: Call, text: string | undefined): Promise<string | undefined> {
  const said = text === undefined ? undefined : await wordsFrom(call, text);
  return typeof said === 'string' ? said : undefined;
}
