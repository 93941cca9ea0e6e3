import type { ParamShapes } from '../params/arguments.ts';
import type { ServerEvent } from './json-events.ts';

/** Where a conversation stands. */
export type State =
  | { readonly state: 'connecting' }
  | { readonly state: 'logging-in' }
  /** `back`: after a lost connection. */
  | { readonly state: 'online'; readonly name: string; readonly back: boolean }
  /** The connection is lost, or there was none, and it is tried again after so many seconds. */
  | { readonly state: 'lost'; readonly why: string; readonly seconds: number }
  | Closed;

/**
 * It is over. `why` is `left`, `refused` (the login's question in `question`, `because` and `reason` had no answer), `blocked`
 * (for so many `seconds`), `no-json` (what answers is no chatserv), or the server's word: `goodbye`, `replaced`, `kicked`.
 */
export interface Closed {
  readonly state: 'closed';
  readonly why: string;
  readonly seconds?: number;
  readonly question?: string;
  readonly because?: string;
  readonly reason?: string;
}

/** What the server asks. */
export interface Ask {
  /** `username`, `password`, `register`, `new-password`, or a word of a plugin. */
  readonly question: string;
  /** Why: `start`, `wrong`, `connected`, `too-short`; may be empty. */
  readonly because: string;
  /**
   * What is wrong with a name that was given: `characters`, `look-alike`. `takeover`: the account is connected elsewhere,
   * and a `login` with `takeover` closes that session.
   */
  readonly reason?: string | undefined;
  /** Whether what is typed should not be shown, where a plugin says so: `isSecret` knows of the other questions too. */
  readonly secret?: boolean | undefined;
  /** The command that asks, after the login. */
  readonly command?: string | undefined;
}

/** Whether the answer to a question should not be shown while it is typed. */
export function isSecret({ question, secret }: Ask): boolean {
  return secret ?? /password|passphrase|secret|\bpin\b/i.test(question);
}

/** How a question is answered: with what was asked, or, in the login, with name and password at once. */
export type Step =
  | { readonly type: 'answer'; readonly text: string }
  | {
      readonly type: 'login' | 'register';
      readonly name: string;
      readonly password: string;
      /** Whether a session of the account that is there is closed. */
      readonly takeover?: boolean | undefined;
    };

/** A message for this account. */
export interface Received extends Omit<Extract<ServerEvent, { type: 'message' }>, 'type' | 'time'> {
  /** When it was said, by the server's clock. */
  readonly time: Date;
  /** Whether it was said while this account was away. */
  readonly waited: boolean;
}

/** What a conversation tells its owner. */
export interface Owner {
  /**
   * Answers a question. Undefined ends a login and with it the conversation; after the login it cancels the command that
   * asks. Without this nothing is answered.
   * @param gone aborted when an answer is of no use any more: the connection with the command is lost, or all is over
   */
  ask?(question: Ask, gone: AbortSignal): Promise<Step | undefined>;
  state?(state: State): void;
  /** A message. Each comes once, in order. */
  message?(message: Received): void;
  /** After a login: what had waited was given. @param count how many messages that were */
  caughtUp?(count: number): void;
  /** Who is online has changed. */
  presence?(change: { readonly came: readonly string[]; readonly left: readonly string[] }): void;
  /** An event of a type that is not known here: a plugin's. */
  other?(event: { readonly type: string }): void;
}

/** How far a device has come in an account's messages: the greatest id and the latest time that it was given. */
export interface Seen {
  readonly id: number;
  /** By the server's clock, in milliseconds since 1970. */
  readonly time: number;
}

/** What is remembered of an account on this device. */
export interface Remembered {
  readonly token?: string | undefined;
  readonly seen?: Seen | undefined;
}

/** Where a conversation remembers things. Its owner may keep them longer than the program runs, a memory for each server. */
export interface Memory {
  recall(name: string): Remembered | undefined;
  remember(name: string, what: Remembered): void;
}

/** A command that the server has. */
export interface KnownCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly usage: string;
  readonly summary: string;
  /** Its arguments, by name, in the order of a line; undefined where it does not declare them. */
  readonly params?: ParamShapes | undefined;
}
