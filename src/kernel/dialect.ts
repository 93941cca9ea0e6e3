import type { Account } from './account.ts';
import type { Message } from './message.ts';

/**
 * What a session may be asked. How a question is put, and what answers it, is the dialect's.
 * A plugin may ask something of its own; a dialect that does not know it puts it as that word.
 */
export type Question = 'username' | 'password' | 'register' | 'new-password' | 'new-password-again' | (string & {});

/** What the server says to a client, beside messages. */
export type Utterance =
  | { readonly kind: 'ask'; readonly question: Question; readonly because: string }
  | { readonly kind: 'welcome'; readonly account: Account }
  | { readonly kind: 'answer'; readonly command: string; readonly reply: string | readonly string[] }
  | { readonly kind: 'error'; readonly reason: string; readonly about: string }
  | { readonly kind: 'blocked'; readonly seconds: number; readonly after: 'username' | 'password' }
  | { readonly kind: 'closing'; readonly reason: string };

/** How one client is spoken with: a dialect may remember things for as long as the connection lasts. */
export interface Speaker {
  /** What a line says in answer to a question; undefined when it does not answer it, and the question stands. */
  answer(question: Question, line: string): string | undefined;
  /** What a line says as a command: its word and the rest. */
  command(line: string): { readonly word: string; readonly rest: string };
  /** What the server says, as it goes over the wire, line ends included; empty when this dialect leaves it unsaid. */
  say(utterance: Utterance): string;
}

/** How one kind of client speaks. */
export interface Dialect {
  readonly name: string;
  /** A new connection's speaker. */
  open(): Speaker;
  /** A message, as it goes over the wire to anyone who speaks this dialect. */
  message(message: Message): string;
}
