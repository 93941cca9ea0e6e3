import type { MessageForm } from '../api/message.ts';
import type { ParamShapes } from '../params/arguments.ts';

/** The state of a conversation. */
export type State =
  | { readonly state: 'connecting' }
  | { readonly state: 'logging-in' }
  /** `back`: whether it was online before, and has reconnected. */
  | { readonly state: 'online'; readonly name: string; readonly back: boolean }
  /**
   * The connection was lost or could not be made. The next attempt is in `seconds`. `why` is the server's reason, an
   * error's text, or `unreachable`, `no-answer` (in time), `no-greeting` (closed before anything was received) or `cut`.
   */
  | { readonly state: 'lost'; readonly why: string; readonly seconds: number }
  | Closed;

/**
 * The conversation has ended. `why` is `left`, `refused` (the owner did not answer the login's question, which is in
 * `question`, `because` and `reason`), `blocked` (for `seconds`), `no-json` (the other end is not a chatserv), or the
 * server's reason: `goodbye`, `replaced`, `kicked`.
 */
export interface Closed {
  readonly state: 'closed';
  readonly why: string;
  readonly seconds?: number;
  readonly question?: string;
  readonly because?: string;
  readonly reason?: string;
}

/** A question from the server. */
export interface Ask {
  /** `username`, `password`, `register`, `invitation`, `guest`, `new-password`, or a plugin's own word. */
  readonly question: string;
  /** Why it is asked: `start`, `wrong`, `connected`, `too-short`; may be empty. */
  readonly because: string;
  /**
   * What is wrong with the last name: `characters`, `look-alike`. Or `takeover`: the account is connected elsewhere, and
   * a `login` with `takeover` closes that session.
   */
  readonly reason?: string | undefined;
  /** Whether to hide what is typed, if a plugin said so. `isSecret` decides for all questions. */
  readonly secret?: boolean | undefined;
  /** The command that asks; undefined during the login. */
  readonly command?: string | undefined;
}

/** Whether to hide the answer to a question while it is typed. */
export function isSecret({ question, secret }: Ask): boolean {
  return secret ?? /password|passphrase|secret|\bpin\b/i.test(question);
}

/** An answer to a question or, during the login, name and password at once. */
export type Step =
  | { readonly type: 'answer'; readonly text: string }
  | {
      readonly type: 'login' | 'register';
      readonly name: string;
      readonly password: string;
      /** For a `register`: the code of an invitation. */
      readonly invitation?: string | undefined;
      /** Whether to close another session of the account, if there is one. */
      readonly takeover?: boolean | undefined;
    }
  | { readonly type: 'guest'; readonly name: string };

/** A message for this account. */
export interface Received {
  /** Its position in the log: later messages have greater ids. 0 if it is not stored. */
  readonly id: number;
  /** The sender's name. */
  readonly from: string;
  /** Whether it was sent to everyone, to a room, or to users by name. */
  readonly audience: 'everyone' | 'room' | 'named';
  /** The id of its room or direct conversation; undefined if it was sent to everyone, or is not stored. */
  readonly room?: number | undefined;
  /** The name of its room, such as `#lab`. */
  readonly roomName?: string | undefined;
  /** Its number within the room; 0 if it is not stored. */
  readonly seq?: number | undefined;
  readonly text: string;
  /** `action`: it tells what its sender does, show it as `* alice waves`. `notice`: a program sent it. */
  readonly form?: MessageForm | undefined;
  /** The id of the message that it answers. */
  readonly reply?: number | undefined;
  /** That message in short, for people: `alice: "are you the…"`. */
  readonly quote?: string | undefined;
  /** The names of users online whom it mentions. */
  readonly mentions?: readonly string[] | undefined;
  /** Whether it mentions everyone in its room. */
  readonly mentionsAll?: boolean | undefined;
  /** When it was sent, by the server's clock. */
  readonly time: Date;
  /** Whether it was sent before, on another connection, and may have arrived. */
  readonly repeat: boolean;
  /** Whether it was sent while this account was away. */
  readonly waited: boolean;
}

/** A room or direct conversation of this account. */
export interface KnownRoom {
  readonly id: number;
  readonly kind: 'everyone' | 'room' | 'direct';
  /** The name of a named room, with `#`. */
  readonly name?: string | undefined;
  /** The names of the other members of a direct conversation; one's own in a conversation with oneself. */
  readonly members?: readonly string[] | undefined;
  /** The number up to which the user has read, on any device: messages with a greater `seq` are unread. */
  readonly marker: number;
  /** How many entries are unread. */
  readonly unread: number;
  /** How many of them mention the user, up to 100, as far as the server has reported. */
  readonly mentions: number;
  /** What the user wants to be notified of. */
  readonly level: 'all' | 'mentions' | 'nothing';
}

/** The rooms of an account, as far as the server has listed them. */
export interface Rooms {
  /** Those with the latest entries first. */
  readonly known: readonly KnownRoom[];
  /** Lists the next page. @returns whether there was one @throws RequestError */
  more(): Promise<boolean>;
  /** Lists all pages after a login. It ends early when the connection is lost. */
  listAll(): Promise<void>;
  /**
   * Marks a room as read, on all of the user's devices.
   * @param room its id
   * @param id up to the message with this id; by default to its end
   * @throws RequestError
   */
  markRead(room: number, id?: number): Promise<void>;
}

/** The callbacks of a conversation. */
export interface Owner {
  /**
   * Answers a question. Undefined during a login ends the conversation; after the login it cancels the command that
   * asks. Without this callback, no question is answered.
   * @param gone aborted when no answer is needed any more: the command's connection is lost, or the conversation ended
   */
  ask?(question: Ask, gone: AbortSignal): Promise<Step | undefined>;
  /** The state has changed. */
  state?(state: State): void;
  /** A message has arrived. Called once for each, in order; the message is acknowledged after the call. */
  message?(message: Received): void;
  /** An entry that is not a message has arrived, such as an edit or a join. Called in order with the messages. */
  entry?(entry: ReceivedEntry): void;
  /** All messages that were sent while the account was away have been passed to `message`. @param count how many */
  caughtUp?(count: number): void;
  /** Users came online or left. */
  presence?(change: { readonly came: readonly string[]; readonly left: readonly string[] }): void;
  /** The server has listed its commands: after a login, and when they may have changed. */
  commands?(commands: readonly KnownCommand[]): void;
  /**
   * A room was listed, or what is unread in it has changed. With this callback, the latest rooms are listed after each
   * login.
   */
  room?(room: KnownRoom): void;
  /** The user has left a room, on this device or another one. @param room its id */
  roomLeft?(room: number): void;
  /** An event of a type that this library does not know, such as a plugin's. */
  other?(event: { readonly type: string }): void;
}

/** An entry that is not a message. */
export interface ReceivedEntry {
  /** Its position in the log, among those of messages; 0 if it is not stored. */
  readonly id: number;
  /** The id of the room that it is in. */
  readonly room: number;
  /** The name of that room, such as `#lab`; undefined in a direct conversation and for everyone. */
  readonly roomName?: string | undefined;
  /** Its number within the room; 0 if it does not count as unread. */
  readonly seq?: number | undefined;
  /** What it is, such as `redaction`, `join` or a kind that a plugin defines. */
  readonly kind: string;
  /** The sender's name. */
  readonly from: string;
  /** The id of the entry that it changes. */
  readonly of?: number | undefined;
  /** The id of the entry that it answers. */
  readonly reply?: number | undefined;
  /** As the kind's plugin defines it. */
  readonly data?: unknown;
  /** The same for people, if plain lines show it. */
  readonly line?: string | undefined;
  /** When it was appended, by the server's clock. */
  readonly time: Date;
}

/** How far a device has read an account's messages: the greatest id and the latest time. */
export interface Seen {
  readonly id: number;
  /** By the server's clock, in milliseconds since 1970. */
  readonly time: number;
}

/** What is remembered of an account on this device. */
export interface Remembered {
  readonly token?: string | undefined;
  /** The device of the last login. */
  readonly device?: string | undefined;
  readonly seen?: Seen | undefined;
}

/** Stores tokens and positions. Persist them to resume in a later run, in one memory for each server. */
export interface Memory {
  /** What was last remembered of the account with this name. */
  recall(name: string): Remembered | undefined;
  /** Replaces what is remembered of an account. */
  remember(name: string, what: Remembered): void;
}

/** A command of the server, as its `help` lists it. */
export interface KnownCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly usage: string;
  readonly summary: string;
  /** Its arguments by name, in the order of a line; undefined if it does not declare them. */
  readonly params?: ParamShapes | undefined;
}
