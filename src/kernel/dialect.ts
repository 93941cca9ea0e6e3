import type { Account } from './account.ts';
import type { LineRead } from './framing.ts';
import type { Message, Once } from './message.ts';

/**
 * What a session may be asked. How a question is put, and what answers it, is the dialect's.
 * A plugin may ask something of its own; a dialect that does not know it puts it as that word.
 */
export type Question = 'username' | 'password' | 'register' | 'new-password' | 'new-password-again' | (string & {});

/** What the server says to a client, beside messages. */
export type Utterance =
  /** `reason`: what is wrong with the last answer, where that is known. `secret`: what is typed should not be shown. */
  | {
      readonly kind: 'ask';
      readonly question: Question;
      readonly because: string;
      readonly reason?: string;
      readonly secret?: boolean;
    }
  | { readonly kind: 'welcome'; readonly account: Account }
  | {
      readonly kind: 'answer';
      readonly command: string;
      readonly reply: string | readonly string[];
      /** The same for programs, where the command gives it. */
      readonly facts?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'error'; readonly reason: string; readonly about: string }
  | { readonly kind: 'blocked'; readonly seconds: number; readonly after: 'username' | 'password' }
  /** Something that only programs can use: a dialect for people leaves it unsaid. */
  | { readonly kind: 'event'; readonly event: string; readonly facts: Readonly<Record<string, unknown>> }
  /** Commands are read from here on, or, in a dialect that holds messages back, the next one. */
  | { readonly kind: 'ready' }
  /** `seconds`: after how long, where it is a time-out. */
  | { readonly kind: 'closing'; readonly reason: string; readonly seconds?: number };

/** What a client's line says. */
export type Heard =
  | { readonly kind: 'answer'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly word: string;
      readonly rest: string;
      readonly once?: Once | undefined;
      /** Not run if this word is a command that the account may call: answered `error:is-command:<command>`. */
      readonly unlessCommand?: string | undefined;
    }
  /** It has the messages up to this id. */
  | { readonly kind: 'acknowledge'; readonly id: number }
  /** The login dialogue begins again; what the client gave for it is prepared. */
  | { readonly kind: 'start-over' }
  /** A question of a command is not answered, and the command given up. */
  | { readonly kind: 'cancel' }
  /** It says nothing that is understood, and is answered `error:<reason>:<about>`. */
  | { readonly kind: 'wrong'; readonly reason: string; readonly about: string };

/** How one client is spoken with: a dialect may remember things for as long as the connection lasts. */
export interface Speaker {
  /** What a line says. @param question the question that waits for an answer; none once logged in */
  hear(line: LineRead, question: Question | undefined): Heard;
  /** What the client has answered already: then the question is not put. */
  prepared?(question: Question, because: string): string | undefined;
  /** What the client gave for its login that answers a question, whether or not that is put. */
  given?(question: Question): string | undefined;
  /** What the server says, as it goes over the wire, line ends included; empty when this dialect leaves it unsaid. */
  say(utterance: Utterance): string;
}

/** How one kind of client speaks. */
export interface Dialect {
  readonly name: string;
  /** Whether clients say which messages they have; else they have what the transport took. */
  readonly acknowledges?: boolean;
  /** Whether clients are told that they may take over from another session of their account, and can say that they do. */
  readonly takesOver?: boolean;
  /** Whether messages wait until the client is to send its next command. */
  readonly holdsBack?: boolean;
  /** Another dialect, where a client's first line shows that it speaks that one. */
  forFirstLine?(line: string): Dialect | undefined;
  /** A new connection's speaker. */
  open(): Speaker;
  /** A message, as it goes over the wire to anyone who speaks this dialect. */
  message(message: Message): string;
}
