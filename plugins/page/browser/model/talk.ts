import { nameKey } from 'chatserv/client';
import type { PluginChange } from './extensions.ts';

/** Who a conversation is with: people by name, a room such as `#lab`, or everyone. */
export type Recipients = 'everyone' | readonly string[];

/** One message in a conversation. */
export interface Entry {
  /** Unique on this page. */
  readonly key: number;
  /** Its id on the server, if it is stored there. */
  id?: number | undefined;
  readonly from: string;
  readonly mine: boolean;
  text: string;
  /** `action`: it tells what its sender does. */
  readonly form?: 'action' | 'notice' | undefined;
  /** Milliseconds since 1970. */
  time: number;
  /** Its number within its room, from 1, if the server has told it. */
  readonly seq?: number | undefined;
  /** The id of the message that it answers. */
  readonly reply?: number | undefined;
  /** Whether it mentions the user. */
  readonly mentionsMe?: boolean | undefined;
  /** Who has reacted to it, by reaction. */
  reactions?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether it is no message, but something that happened: someone joined, a topic was set. */
  readonly isNote?: boolean;
  /** The kind and the data of what happened, for the plugin that shows it. */
  readonly kind?: string | undefined;
  readonly data?: unknown;
  /** Later entries about it. */
  changes?: readonly PluginChange[] | undefined;
  /** Whether its text was edited, or removed. */
  change?: 'edited' | 'removed';
  /** The state of a sent message. */
  state?: 'waiting' | 'sent' | 'failed';
  /** Whether the server may have it although it failed. */
  isInDoubt?: boolean | undefined;
  /** Why it failed, or who did not get it. */
  remark?: string | undefined;
  /** Rises with each change, so that views see that it has changed. */
  version?: number;
}

/** The page's own answer to what the user typed. It is not stored. */
export interface Note {
  readonly key: number;
  /** The key of the message that it follows; 0 at the start. */
  readonly after: number;
  /** What was typed. */
  readonly typed: string;
  readonly lines: readonly Line[];
  readonly isProblem: boolean;
}

/** A line of an answer, as shown. */
export interface Line {
  /** The term before it, such as a command before its explanation. */
  readonly term?: string;
  readonly text: string;
}

/** Messages around an earlier one, to which the user has jumped: they are not joined to the latest ones. */
export interface Excerpt {
  readonly entries: Entry[];
  hasEarlier: boolean;
  hasLater: boolean;
}

/** A conversation with everyone, with a person, or with several at once. */
export interface Talk {
  readonly key: string;
  readonly to: Recipients;
  readonly entries: Entry[];
  unread: number;
  /** How many of the unread messages mention the user. */
  mentions: number;
  /** The draft. */
  draft: string;
  /** The id of its room on the server, once that is known. */
  room?: number | undefined;
  /** The number within the room up to which the user has read, if the server has told it. */
  marker?: number | undefined;
  /** What was sent while the user was away and is not listed: messages with lower ids. */
  gapBefore?: number | undefined;
  /** Whether the server has earlier messages; undefined until it was asked. */
  hasEarlier?: boolean | undefined;
  /** Whether the user reads earlier messages, which then stay. */
  isReadBack?: boolean;
  /** Whether other messages are being loaded. */
  isLoading?: boolean;
  /** The earlier messages that are shown instead of the latest ones. */
  excerpt?: Excerpt | undefined;
  /** What the page has answered. */
  notes: readonly Note[];
  /** What the user wants to be notified of. */
  level?: 'all' | 'mentions' | 'nothing' | undefined;
}

/** The sender of announcements. No user can have this name. */
export const SERVER = '*server*';

/** The key of the conversation with everyone. No name contains an asterisk. */
export const EVERYONE = '*';

/** Whether a conversation is a room. No name contains a `#`. */
export function isRoom(to: Recipients): boolean {
  return to !== 'everyone' && to.length === 1 && to[0]?.startsWith('#') === true;
}

/** A conversation as the argument of a command. */
export function placeOf(to: Recipients): string | readonly string[] {
  return to !== 'everyone' && to.length === 1 ? (to[0] ?? '') : to;
}

/** The messages of a conversation that are shown: the latest ones, or an excerpt. */
export function shownIn({ entries, excerpt }: Talk): readonly Entry[] {
  return excerpt?.entries ?? entries;
}

/** A conversation without messages. */
export function newTalk(to: Recipients): Talk {
  return { key: talkKey(to), to, entries: [], unread: 0, mentions: 0, draft: '', notes: [] };
}

/** The key of the conversation with these people. */
export function talkKey(to: Recipients): string {
  if (to === 'everyone') return EVERYONE;
  return [...new Set(to.map(nameKey))].sort().join(' ');
}
