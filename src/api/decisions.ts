import type { Account } from './account.ts';

/** A reason that clients can parse out of a line. */
const REASON = /^[\w-]{1,64}$/;

/** Why a user name is asked for; the codec words it. */
export type UsernameCause = 'username' | 'connected' | 'registered' | 'expired';

/** Asks for the password of this account. */
export interface AskPassword {
  readonly kind: 'password';
  readonly account: Account;
}

/** Asks for a user name again. */
export interface AskUsername {
  readonly kind: 'username';
  readonly because: UsernameCause;
  /** What is wrong with the name, as a word for programs. */
  readonly reason?: string;
}

/** Tells the client that logins are blocked for so many seconds, and closes the connection. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly seconds: number;
}

/** Logs the session in as this account, without a password. */
export interface Admit extends AdmitDetails {
  readonly kind: 'admit';
  readonly account: Account;
}

/** Details of a login without a password. */
export interface AdmitDetails {
  /** The account's epoch (`StoredAccount.epoch`) when the proof was issued; in another epoch it has expired. */
  readonly epoch?: number;
  /** The login that it continues (`session.login.device`), whose session it replaces; a new one by default. */
  readonly device?: string;
  /** The client's name for its device (`deviceNameOf`), where it sends none with this login. */
  readonly deviceName?: string;
  /** The plugin that authenticated the user, if not the one that admits it. */
  readonly provider?: string;
}

/** Refuses a request, with a one-word reason. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly reason: string;
  /** The reason for people. */
  readonly sentence?: string;
}

/** The decision on a user name; make it with `askPassword`, `askUsername`, `blocked` or `admit`. */
export type UsernameDecision = AskPassword | AskUsername | Blocked | Admit;
/** The decision on a password. `again` asks once more without counting a wrong password. */
export type PasswordDecision = 'right' | 'wrong' | 'again' | Blocked | AskUsername;

/** An answer for people, and the same as facts for programs. */
export interface FactualReply {
  readonly kind: 'reply';
  readonly text: string | readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * A command's answer: a line; several lines, which `end:<command>` follows; or a refusal. Undefined is an empty line.
 */
export type Reply = string | readonly string[] | FactualReply | Refusal | undefined;

/** Makes the login ask for the password of an account. */
export function askPassword(account: Account): AskPassword {
  return { kind: 'password', account };
}

/**
 * Asks for a user name again, with the cause: `username` (may not be used), `connected`, `registered`, `expired`.
 * @param reason what is wrong with the name, as one word, for codecs that can express it
 */
export function askUsername(because: UsernameCause = 'username', reason?: string): AskUsername {
  return reason === undefined ? { kind: 'username', because } : { kind: 'username', because, reason };
}

/** Refuses the login for so many seconds (rounded up, at least 1) and closes the connection. */
export function blocked(seconds: number): Blocked {
  const whole = Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(seconds));
  return { kind: 'blocked', seconds: Math.max(1, whole || 1) };
}

/** Logs a session in without a password. */
export function admit({ id, name }: Account, details: AdmitDetails = {}): Admit {
  return { ...details, kind: 'admit', account: { id, name } };
}

/**
 * Refuses a request. The client reads `error:<reason>:<command>`, or `closing:<reason>` for a connection.
 * @param reason one word for programs: letters, digits and hyphens. `denied`, `rate` and `args` are the protocol's own;
 * anything else, such as a sentence, is sent as `denied`
 * @param sentence the reason for people, shown by JSON clients; a plain line has no place for it
 */
export function refuse(reason = 'denied', sentence?: string): Refusal {
  return sentence === undefined ? { kind: 'refusal', reason } : { kind: 'refusal', reason, sentence };
}

/**
 * Answers with a line or lines for people, and with facts for programs, which the codec `json` sends.
 * @param facts values that JSON can represent
 */
export function reply(text: string | readonly string[], facts: Readonly<Record<string, unknown>>): FactualReply {
  return { kind: 'reply', text, facts };
}

/** Whether clients can parse a reason out of a line: one word of letters, digits, hyphens and underscores. */
export function isReason(reason: unknown): boolean {
  return typeof reason === 'string' && REASON.test(reason);
}
