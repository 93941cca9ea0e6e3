import type { Account } from './account.ts';
import type { Refusal } from './decisions.ts';

/** Whom a message is for: everyone, a named room, or accounts, who are in a direct conversation with its sender. */
export type Audience =
  | { readonly group: 'everyone' }
  | { readonly group: 'room' }
  | {
      /** Of a message that is delivered: those of them who are online. */
      readonly accounts: Account[];
      /**
       * The names, as typed, that nobody online bears. A plugin that keeps messages moves those that it knows to
       * `accounts`; what is left is answered as unknown.
       */
      readonly absent: string[];
    };

/** Makes sure that a message is said once, though its sender may have to send it twice. */
export interface Once {
  /** What the sender calls the message: no two of its messages are called the same. */
  readonly key: string;
  /** Whether it was sent before, and its answer never came. */
  readonly again: boolean;
  /** Set by the kernel when the message is already kept: the retry gets the first answer, and nothing may refuse it. */
  readonly first?: Duplicate | undefined;
}

/** A message that its sender had sent before under the same key: how it was answered the first time. */
export interface Duplicate {
  /** The id of the message that was kept. */
  readonly duplicateOf: number;
  /** The names that the sender was told are unknown. */
  readonly unknown: readonly string[];
}

/** What one account says to others, as it is delivered. */
export interface Message {
  /** Its place in the log: later ones have greater ids. 0 when nothing keeps it. */
  readonly id: number;
  /** Who says it; its id is 0 for what no account said. */
  readonly from: Account;
  /** The id of the room that it is in; 0 for a direct conversation that nothing keeps. */
  readonly room: number;
  /** `message`, or the kind of entry that a plugin defines: then the text is JSON. */
  readonly kind: string;
  readonly audience: Audience;
  readonly text: string;
  /** When it was said, in milliseconds since 1970. */
  readonly time: number;
  /** Whether it was handed over before, on another connection, and may have arrived. */
  readonly repeat: boolean;
}

/** A message on its way: plugins may still rewrite its text, add recipients that they know, or refuse it. */
export interface MessageDraft {
  /** Who says it; its id is 0 for what no account said. */
  readonly from: Account;
  /** The id of the room that it is for; 0 for a direct conversation, which depends on who of the recipients remain. */
  readonly room: number;
  readonly kind: 'message';
  /** Whom it is for. Of names whose bearers are offline nobody knows before `offline-messages` has looked (`post`). */
  readonly audience: Audience;
  /** May be set, in the phase `transform` of `onMessage`. */
  text: string;
  /** When it was said, in milliseconds since 1970. */
  readonly time: number;
  /** Where its sender may send it again. */
  readonly once: Once | undefined;
  /** Whether its sender's account was removed meanwhile. */
  readonly senderRemoved: boolean;
  /**
   * Has the message kept, where a store keeps messages: once the last handler is done and none has refused it, it is
   * appended to the log as it is then. A message that nobody has kept is delivered to those online.
   * @param origin a word that stands for the sender's network, to count by
   */
  keep(origin?: string): void;
  /** Has the message not sent: for whoever finds that none of its recipients can be given it. */
  refuse(refusal: Refusal): void;
}

/** The last millisecond of the year 9999: later times do not fit RFC 3339. */
export const LATEST_TIME = 253_402_300_799_999;

/** What ends a line, for terminals or for some programs. */
const LINE_ENDS = /[\n-\r\u0085\u2028\u2029]+/g;

/** What could command a terminal: C0 but TAB, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** Text on one line, which can command no terminal: line ends become a blank, control characters are removed. */
export function withoutControls(text: string): string {
  return text.replace(LINE_ENDS, ' ').replace(CONTROLS, '');
}

/** The time nearest to this one that can be written as text. */
export function writableTime(time: number): number {
  return time >= 0 ? Math.min(time, LATEST_TIME) : 0;
}
