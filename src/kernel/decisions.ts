import type { Account } from './account.ts';

/** A reason that clients can tell from the rest of its line. */
const REASON = /^[\w-]{1,64}$/;

/** Why a user name is asked for: the codec puts it into words. */
export type UsernameCause = 'username' | 'connected' | 'registered' | 'expired';

/** The next question is the password of this account. */
export interface AskPassword {
  readonly kind: 'password';
  readonly account: Account;
}

/** The next question is a user name, once more. */
export interface AskUsername {
  readonly kind: 'username';
  readonly because: UsernameCause;
  /** What is wrong with the name, in a word for programs. */
  readonly reason?: string;
}

/** Logins are blocked for so many seconds: it is said, and the connection closes. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly seconds: number;
}

/** The session is logged in as this account, without a password. */
export interface Admit extends AdmitDetails {
  readonly kind: 'admit';
  readonly account: Account;
}

/** What else is known of a login without a password. */
export interface AdmitDetails {
  /** The epoch of the account that the proof is from (`StoredAccount.epoch`): in a later one it has expired. */
  readonly epoch?: number;
  /** The login that it continues (`session.login.device`), whose session it replaces; without one it is a new one. */
  readonly device?: string;
  /** The name that its client has for its device, where it gives none now. */
  readonly deviceName?: string;
  /** The plugin that vouches for who it is, where it is another one than that which admits. */
  readonly provider?: string;
}

/** What was wanted is not done, for a reason of one word. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly reason: string;
  /** The reason for people. */
  readonly sentence?: string;
}

/** What becomes of a user name: what the functions of these names give back. */
export type UsernameDecision = AskPassword | AskUsername | Blocked | Admit;
/** What becomes of a password. `again` asks once more, and counts as no wrong one. */
export type PasswordDecision = 'right' | 'wrong' | 'again' | Blocked | AskUsername;

/** An answer in words, and the same as facts for programs. */
export interface FactualReply {
  readonly kind: 'reply';
  readonly text: string | readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a command answers: one line, or several that `end:<command>` follows, or a refusal. Nothing is an empty line. */
export type Reply = string | readonly string[] | FactualReply | Refusal | undefined;

/** Lets `onUsername` ask for the password of an account. */
export function askPassword(account: Account): AskPassword {
  return { kind: 'password', account };
}

/**
 * Lets the dialogue begin again at the user name, saying why: `username` (may not be used), `connected`, `registered`, `expired`.
 * @param reason what is wrong with the name, in a word, for codecs that can express it
 */
export function askUsername(because: UsernameCause = 'username', reason?: string): AskUsername {
  return reason === undefined ? { kind: 'username', because } : { kind: 'username', because, reason };
}

/** Refuses the login for so many seconds (rounded up, at least 1) and closes the connection. */
export function blocked(seconds: number): Blocked {
  const whole = Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(seconds));
  return { kind: 'blocked', seconds: Math.max(1, whole || 1) };
}

/** Lets `onUsername` log a session in without a password. */
export function admit({ id, name }: Account, details: AdmitDetails = {}): Admit {
  return { ...details, kind: 'admit', account: { id, name } };
}

/**
 * Refuses what was wanted. A client reads `error:<reason>:<command>`, or `closing:<reason>` of a connection.
 * @param reason one word for programs: letters, digits and hyphens. `denied`, `rate` and `args` are the protocol's own;
 * anything else, such as a sentence, is sent as `denied`
 * @param sentence the reason for people, which clients of JSON show; a plain line has no place for it
 */
export function refuse(reason = 'denied', sentence?: string): Refusal {
  return sentence === undefined ? { kind: 'refusal', reason } : { kind: 'refusal', reason, sentence };
}

/**
 * Answers with a line or lines for people, and with facts for programs, which the codec `json` hands on.
 * @param facts what JSON can say
 */
export function reply(text: string | readonly string[], facts: Readonly<Record<string, unknown>>): FactualReply {
  return { kind: 'reply', text, facts };
}

/** Whether clients can tell a reason from the rest of its line. */
export function isReason(reason: unknown): boolean {
  return typeof reason === 'string' && REASON.test(reason);
}

/** @deprecated `UsernameDecision` */
export type UsernameVerdict = UsernameDecision;

/** @deprecated `PasswordDecision` */
export type PasswordVerdict = PasswordDecision;
