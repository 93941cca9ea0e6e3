import type { Account } from './account.ts';
import type { IdempotencyKey, MessageForm } from './message.ts';
import type { Session } from './session.ts';

/** The arguments of a call, by the names of the command's params. */
export type Values = Readonly<Record<string, unknown>>;

/** One call of a command. @typeParam V what its params have as values */
export interface CommandCall<V = Values> {
  readonly session: Session;
  /** The caller. */
  readonly account: Account;
  /** The command's name, also where an alias was typed. */
  readonly command: string;
  /** The arguments. `onCommand` runs before they are checked: there, invalid arguments read as an empty object. */
  readonly values: V;
  /**
   * The arguments as a line: what follows the command's word and one blank, as typed, or a program's values written
   * that way. A transform of `onCommand` may set it; the arguments are then read from it.
   */
  readonly rest: string;
  /** The words of `rest`, separated by blanks. */
  readonly args: readonly string[];
  /** Set where the client may retry the command: pass it on to `server.post`. */
  readonly once: IdempotencyKey | undefined;
  /** The id of the message that a program answers with this one: pass it on to `server.post`. */
  readonly reply?: number | undefined;
  /** The form of a message that a program sends: pass it on to `server.post`. */
  readonly form?: MessageForm | undefined;
  /**
   * For a command that `overlaps`: call it once the order of this call's effects is settled. The next call may then
   * begin.
   */
  readonly proceed: () => void;
}

/** A call that may still be rewritten. */
export interface CommandDraft extends Omit<CommandCall, 'rest'> {
  /** May be set. */
  rest: string;
}
