import type { Eventual } from '../hooks/eventual.ts';
import type { Account } from './account.ts';
import type { Entry } from './entry.ts';
import type { IdempotencyKey, Message, MessageForm } from './message.ts';
import type { Session } from './session.ts';

/**
 * A question to a client. The codec words it and reads its answer. Plugins may ask questions of their own; a codec that
 * does not know one sends the word itself.
 */
export type Question = 'username' | 'password' | 'register' | 'new-password' | 'new-password-again' | (string & {});

/** A received line, or what is wrong with it. `lossy`: a line that is not UTF-8, with U+FFFD for what is not. */
export type LineRead = { readonly text: string } | { readonly fault: 'too-long' | 'encoding'; readonly lossy?: string };

/** What the server sends to a client, besides messages. */
export type Output =
  /** `reason`: what is wrong with the last answer, if known. `secret`: the client should not echo the answer. */
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
      /** The same for programs, if the command provides it. */
      readonly facts?: Readonly<Record<string, unknown>>;
    }
  /** `sentence`: the reason for people, if given. */
  | { readonly kind: 'error'; readonly reason: string; readonly about: string; readonly sentence?: string }
  | { readonly kind: 'blocked'; readonly seconds: number; readonly after: 'username' | 'password' }
  /** For programs only: codecs for people encode it as an empty string. */
  | { readonly kind: 'event'; readonly event: string; readonly facts: Readonly<Record<string, unknown>> }
  /** The login is complete and commands are read, or a `poll` has delivered every queued message. */
  | { readonly kind: 'ready' }
  /** `seconds`: the length of a timeout. */
  | { readonly kind: 'closing'; readonly reason: string; readonly seconds?: number };

/** What a client sends to the server. One line can hold several inputs, or none. */
export type Input =
  | { readonly kind: 'answer'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly word: string;
      /** The arguments as a line: what follows the word and one blank. */
      readonly rest?: string;
      /** The arguments by name, instead of `rest`. */
      readonly values?: Readonly<Record<string, unknown>> | undefined;
      readonly once?: IdempotencyKey | undefined;
      /** The id of the message that a message answers. */
      readonly reply?: number | undefined;
      /** The form of a message. */
      readonly form?: MessageForm | undefined;
      /** Nothing runs if the account may call a command of this name: the answer is `error:is-command:<command>`. */
      readonly unlessCommand?: string | undefined;
      /** Encodes the answer or error, instead of `CodecState.encode`. Called once, unless the session ends before. */
      readonly encode?: ((output: Output) => string) | undefined;
    }
  /** The client has every message up to this id. */
  | { readonly kind: 'acknowledge'; readonly id: number }
  /**
   * Begins the login, or restarts it. `preset` answers questions of the login before they are asked, such as
   * `{ username: 'alice', password: 'tea-at-four' }`. Its `device` names the client's device (docs/json.md); a name that
   * no device can have is answered as invalid input.
   */
  | { readonly kind: 'login'; readonly preset: Readonly<Record<string, string>> }
  /** Declines a command's question, which cancels the command. */
  | { readonly kind: 'cancel' }
  /** Delivers the queued messages of a codec that polls, then sends `ready`. */
  | { readonly kind: 'poll' }
  /** The codec's own reply, such as a PONG, sent after the answers to everything before it. */
  | { readonly kind: 'reply'; readonly text: string }
  /**
   * Inputs that can be decided on only in their turn: `decide` is called once everything before is answered, and what it
   * returns comes before the next line. `about` is the line's word, for an error when it exceeds a rate.
   */
  | { readonly kind: 'later'; readonly about: string; readonly decide: () => Eventual<readonly Input[]> }
  /** A line that cannot be understood, answered `error:<reason>:<about>`. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly about: string };

/** A codec's state for one connection, such as negotiated capabilities. */
export interface CodecState {
  /**
   * Reads a line.
   * @param question the question that is waiting for its answer, if any
   */
  decode(line: LineRead, question: Question | undefined): readonly Input[];
  /** Encodes an output, line ends included; empty when the client has no use for it. */
  encode(output: Output): string;
  /**
   * What the rendering of messages depends on, such as the capabilities that the client has negotiated. All connections
   * of a codec with the same value share one rendering. May change during the connection; `''` by default.
   */
  readonly capabilities?: string;
  /** Names the client inside a message that `Codec.message` renders in parts, or what stands there instead. */
  readonly recipient?: string | ((message: Message) => string);
}

/** The language of one kind of client: lines to inputs, outputs and messages to bytes. */
export interface Codec {
  /** What a listener's option `codec` calls it: lower-case words with hyphens. */
  readonly name: string;
  /** Whether clients acknowledge messages; otherwise a message counts as delivered once the transport has taken it. */
  readonly acknowledges?: boolean;
  /** Whether a client that comes back is sent the latest of many new messages in a room, as one that acknowledges is. */
  readonly catchesUp?: boolean;
  /** Whether clients can be told that another session of their account exists, and can ask to take over from it. */
  readonly takesOver?: boolean;
  /** Whether clients are told of a new name by the event `renamed` (facts `name`, `before`); others are logged out. */
  readonly renames?: boolean;
  /** Whether messages are queued until the client polls: see the input `poll`. */
  readonly pollsForMessages?: boolean;
  /** The WebSocket subprotocols in which clients speak this codec, each with the type of its messages. */
  readonly subprotocols?: Readonly<Record<string, 'text' | 'binary'>>;
  /** How long a client's line may be at least, in bytes with its end, where the limit `lineBytes` is lower. */
  readonly lineBytes?: number;
  /** Whether another codec may claim a client of this one by its first line. */
  readonly handsOver?: boolean;
  /** Whether a client with this first line, on a listener whose codec hands over, speaks this codec. */
  claims?(firstLine: string): boolean;
  /** Opens a connection. @param session the client's session, which is not logged in yet */
  open(session: Session): CodecState;
  /**
   * Renders a message for all recipients with the same capabilities; the kernel caches the result.
   * @returns the text, line end included; or, where it names the recipient, the parts around that name
   */
  message(message: Message, capabilities: string): string | readonly string[];
  /**
   * Renders an entry that is not a message. Without this method, or when it returns an empty string, it is not shown.
   * @param message the same as a message, with a sanitised name, text and time
   * @param line its plugin's line for people; undefined if there is none, or the plugin is off
   */
  entry?(entry: Entry, message: Message, line: string | undefined, capabilities: string): ReturnType<Codec['message']>;
}
