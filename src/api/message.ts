import type { Account } from './account.ts';
import type { Refusal } from './decisions.ts';

/** The recipients of a message: everyone, a named room, or the accounts in a direct conversation with its sender. */
export type Audience =
  | { readonly group: 'everyone' }
  | { readonly group: 'room' }
  | {
      /** In `onDeliver` and `onDelivered`: only those who are online. */
      readonly accounts: Account[];
      /**
       * Names, as typed, of no user online. `offline-messages` moves the registered ones to `accounts`; the
       * rest is answered as unknown.
       */
      readonly unresolved: string[];
      /** @deprecated `unresolved` */
      readonly absent: string[];
    };

/** An audience by name. */
export function recipients(accounts: Account[], unresolved: string[] = []): Audience {
  // One list under two names, so that a plugin of the last release moves names out of both.
  return { accounts, unresolved, absent: unresolved };
}

/** An idempotency key: a message that is sent twice under one key arrives once. */
export interface IdempotencyKey {
  /** Unique among the sender's messages. */
  readonly key: string;
  /** Whether this is a retry: it was sent before and got no answer. */
  readonly retry: boolean;
  /** Set by the kernel for a retry of a kept message: it gets the first answer, and nothing may refuse it. */
  readonly first?: Duplicate | undefined;
}

/** The first answer to a message that was sent before under the same key. */
export interface Duplicate {
  /** The id of the kept message. */
  readonly duplicateOf: number;
  /** The names that were answered as unknown. */
  readonly unknown: readonly string[];
}

/** An `action` is shown as `* alice waves`; a `notice` is sent by a program, and programs do not answer it. */
export type MessageForm = 'action' | 'notice';

/** A message, as delivered. */
export interface Message {
  /** Its place in the log: later ones have greater ids. 0 for a message that is not kept. */
  readonly id: number;
  /** The sender; its id is 0 for a message of no account. */
  readonly from: Account;
  /** The id of its room; 0 for a direct message that is not kept. */
  readonly room: number;
  /** The name of its named room, without `#`; empty elsewhere. */
  readonly roomName: string;
  /** Its number within the room, from 1; 0 for an entry that does not count as unread or is not kept. */
  readonly seq: number;
  /** `message`, a `MessageForm` or a kind of entry that a plugin defines; then the text is JSON. */
  readonly kind: string;
  readonly audience: Audience;
  /** On one line: several are joined with blanks, so that any codec can send it. */
  readonly text: string;
  /** The lines of its text, if there are several. */
  readonly lines?: readonly string[] | undefined;
  /** The id of the message that it answers. */
  readonly reply: number | undefined;
  /** In a delivery: that message in short, for people. */
  readonly quote?: string | undefined;
  /** In a delivery: the names of users online whom its text mentions, such as `@bob`. */
  readonly mentions?: readonly string[];
  /** Whether it mentions everyone in its room. */
  readonly mentionsAll?: boolean | undefined;
  /** When it was posted, in milliseconds since 1970. */
  readonly time: number;
  /** Whether it was sent before, on another connection, and may have arrived. */
  readonly repeat: boolean;
}

/** A message before it is sent: plugins may rewrite its text, add recipients, or refuse it. */
export interface MessageDraft {
  /** The sender; its id is 0 for a message of no account. */
  readonly from: Account;
  /** The id of its room; 0 for a direct conversation, which the remaining recipients determine. */
  readonly room: number;
  /** `message`, a `MessageForm`, or the kind of the entry that changes a message (`of`), such as `edit` or `reaction`. */
  readonly kind: string;
  /** The recipients. `offline-messages` looks up those who are offline in its transform, at `post`. */
  readonly audience: Audience;
  /** May be set in the phase `transform` of `onMessage`. May have several lines, with LF between them. */
  text: string;
  /** When it was posted, in milliseconds since 1970. */
  readonly time: number;
  /** Set where the sender may retry. */
  readonly once: IdempotencyKey | undefined;
  /** The id of the message that it answers. */
  readonly reply: number | undefined;
  /**
   * The id of the message that this changes, as an edit or a reaction does; undefined for a new message. The recipients
   * of a change, its place in the log and whom it notifies are settled: `keep` and `mention` have no effect, and limits
   * on how many messages are sent or stored need not apply.
   */
  readonly of: number | undefined;
  /** Whether a moderator of its room has approved it. */
  readonly approved: boolean;
  /** Whether the sender's account has been removed meanwhile. */
  readonly senderRemoved: boolean;
  /**
   * Keeps the message, where a store provides the log: it is appended after the last handler, unless one refuses it. A
   * message that no plugin keeps is delivered to those online.
   * @param origin a word for the sender's network, to count by
   */
  keep(origin?: string): void;
  /** Counts the message as a mention of these accounts, or of everyone in its room. */
  mention(whom: readonly number[] | 'everyone'): void;
  /** Refuses the message, as when no recipient can receive it. */
  refuse(refusal: Refusal): void;
}

/** The last millisecond of the year 9999: later times do not fit RFC 3339. */
export const LATEST_TIME = 253_402_300_799_999;

/** Line ends, for terminals and for some programs. */
const LINE_ENDS = /[\n-\r\u0085\u2028\u2029]+/g;

/** Characters that could control a terminal: C0 except TAB and line ends, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters on purpose
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;

/** Any of these characters; most texts have none. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters on purpose
const UNWANTED = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/;

/** Makes text one line that cannot control a terminal: line ends become a blank, control characters are removed. */
export function withoutControls(text: string): string {
  if (!UNWANTED.test(text)) return text;
  return text.replace(LINE_ENDS, ' ').replace(CONTROLS, '');
}

/** The most lines of a message: further ones are joined to the last. */
const MOST_LINES = 100;

/** Makes text lines that cannot control a terminal, with LF between them, at most one empty in a row, and none around. */
export function cleanLines(text: string): string {
  if (!UNWANTED.test(text)) return text;
  const clean = text.replace(/\r\n|[\n-\r\u0085\u2028\u2029]/g, '\n').replace(CONTROLS, '');
  if (!clean.includes('\n')) return clean;
  const lines = clean.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line, at) => line !== '' || (lines[at - 1] || '') !== '');
  if (kept.length > MOST_LINES) kept.push(kept.splice(MOST_LINES - 1).join(' '));
  return kept.join('\n').trimEnd();
}

/** A text as a message has it. */
export function textIn(body: string): Pick<Message, 'text' | 'lines'> {
  return { text: withoutControls(body), lines: body.includes('\n') ? cleanLines(body).split('\n') : undefined };
}

/** The nearest time that can be written as RFC 3339. */
export function writableTime(time: number): number {
  return time >= 0 ? Math.min(time, LATEST_TIME) : 0;
}
