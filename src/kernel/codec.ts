import type { Account } from './account.ts';
import type { Entry } from './entry.ts';
import type { LineRead } from './framing.ts';
import type { Message, Once } from './message.ts';
import type { Session } from './session.ts';

/**
 * What a session may be asked. The codec decides how to put a question and what answers it. A plugin may ask a question
 * of its own; a codec that does not know it puts it as that word.
 */
export type Question = 'username' | 'password' | 'register' | 'new-password' | 'new-password-again' | (string & {});

/** What the server tells a client, besides messages. */
export type Output =
  /** `reason`: what is wrong with the last answer, where that is known. `secret`: the client should not show what is typed. */
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
      /** The same for programs, where the command provides it. */
      readonly facts?: Readonly<Record<string, unknown>>;
    }
  /** `sentence`: the reason for people, where whoever refuses gives one. */
  | { readonly kind: 'error'; readonly reason: string; readonly about: string; readonly sentence?: string }
  | { readonly kind: 'blocked'; readonly seconds: number; readonly after: 'username' | 'password' }
  /** For programs only: a codec for people renders it as nothing. */
  | { readonly kind: 'event'; readonly event: string; readonly facts: Readonly<Record<string, unknown>> }
  /** The login is complete and commands are read, or a `poll` has delivered every queued message. */
  | { readonly kind: 'ready' }
  /** `seconds`: the length of the timeout, where it is one. */
  | { readonly kind: 'closing'; readonly reason: string; readonly seconds?: number };

/** What a client asks of the server. One line can hold several inputs, or none. */
export type Input =
  | { readonly kind: 'answer'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly word: string;
      /** The arguments as a line: what follows the word and one blank. */
      readonly rest?: string;
      /** The arguments by name, instead of `rest`. */
      readonly values?: Readonly<Record<string, unknown>> | undefined;
      readonly once?: Once | undefined;
      /** Not run if this word is a command that the account may call: answered `error:is-command:<command>`. */
      readonly unlessCommand?: string | undefined;
    }
  /** The client has every message up to this id. */
  | { readonly kind: 'acknowledge'; readonly id: number }
  /**
   * Begins the login, or begins it again. `preset` answers questions of the login before they are put, such as
   * `{ username: 'alice', password: 'tea-at-four' }`.
   */
  | { readonly kind: 'login'; readonly preset: Readonly<Record<string, string>> }
  /** Declines a command's question; the command is given up. */
  | { readonly kind: 'cancel' }
  /** Delivers the queued messages of a codec that polls, then sends `ready`. */
  | { readonly kind: 'poll' }
  /** The codec's own reply, such as a PONG, sent after the answers to everything before it. */
  | { readonly kind: 'reply'; readonly text: string }
  /** A line that cannot be understood, answered `error:<reason>:<about>`. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly about: string };

/** One connection's side of a codec: what it has negotiated and remembers lasts as long as the connection. */
export interface CodecState {
  /**
   * Reads a line.
   * @param question the question that is waiting for an answer, if any
   */
  decode(line: LineRead, question: Question | undefined): readonly Input[];
  /** Renders an output as it is written, line ends included; empty when the client has no use for it. */
  encode(output: Output): string;
  /**
   * What the rendering of messages depends on, such as the capabilities that the client has negotiated. All connections
   * of a codec with the same value share one rendering. May change during the connection; `''` by default.
   */
  readonly capabilities?: string;
  /** Names the client inside a message that `Codec.message` renders in two parts. */
  readonly recipient?: string;
}

/** How one kind of client speaks. */
export interface Codec {
  /** What a listener's option `codec` calls it: lower-case words with hyphens. */
  readonly name: string;
  /** Whether clients acknowledge messages; otherwise a message counts as delivered once the transport has taken it. */
  readonly acknowledges?: boolean;
  /** Whether clients can be told that another session of their account exists, and can ask to take over from it. */
  readonly takesOver?: boolean;
  /** Whether messages are queued until the client polls: see the input `poll`. */
  readonly pollsForMessages?: boolean;
  /** Whether another codec may claim a client of this one by its first line. */
  readonly handsOver?: boolean;
  /** Whether a client with this first line, on a listener whose codec hands over, speaks this codec. */
  claims?(firstLine: string): boolean;
  /** Opens a connection. @param session the client's session, which is not logged in yet */
  open(session: Session): CodecState;
  /**
   * Renders a message for all recipients with the same capabilities; the kernel caches the result.
   * @returns the text, line end included; or, where it names the recipient, what comes before and after that name
   */
  message(message: Message, capabilities: string): string | readonly [before: string, after: string];
  /**
   * Renders an entry that is no message; without this, or empty, it is not shown.
   * @param message the same as a message: with a clean name, text and time
   * @param line what its plugin has for people; undefined where that has nothing, or is off
   */
  entry?(entry: Entry, message: Message, line: string | undefined, capabilities: string): string;
}

/** A codec with the plugin that contributes it. */
export interface LiveCodec extends Codec {
  readonly plugin: string;
}

/** @deprecated `Codec` */
export type Dialect = Codec;

/** @deprecated `Output` */
export type Utterance = Output;
