import type { MessageForm, NamedRoom } from 'chatserv';

/** The first line of an export. */
export interface Opening {
  readonly type: 'export';
  readonly version: 1;
  /** What was exported: an account's name, or a room's with its `#`. */
  readonly of: string;
  readonly time: string;
}

/** The user whose data it is. */
export interface AccountRecord {
  readonly type: 'account';
  readonly name: string;
  readonly registered: string;
  readonly lastOnline?: string;
  readonly roles: readonly string[];
  readonly devices: readonly { readonly name: string; readonly seen?: string }[];
  /** What plugins store about the user, by their names for it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A room, before its members and messages. */
export interface RoomRecord extends NamedRoom {
  readonly type: 'room';
  readonly topic?: string;
  readonly access?: string;
  readonly posting?: string;
  readonly topics?: string;
  readonly limit?: number;
  /** In seconds. */
  readonly slow?: number;
  readonly archived?: boolean;
  /** The user's own role; absent where it has left. */
  readonly role?: string;
}

export interface MemberRecord {
  readonly type: 'member';
  readonly name: string;
  readonly role: string;
}

/** A later entry about a message, such as an edit or a reaction. */
export interface ChangeRecord {
  readonly kind: string;
  readonly id: number;
  readonly from: string;
  readonly time: string;
  readonly data: unknown;
  /** As plain lines show it. */
  readonly line?: string | undefined;
}

/** A message as it is now. */
export interface MessageRecord {
  readonly type: 'message';
  readonly id: number;
  readonly room: number;
  readonly seq: number;
  readonly from: string;
  readonly time: string;
  /** After its edits; empty if it was deleted. */
  readonly text: string;
  /** What it is besides a message, if anything. */
  readonly form?: MessageForm;
  readonly deleted?: true;
  /** The id of the message that it answers. */
  readonly reply?: number;
  /** Oldest first. */
  readonly changes?: readonly ChangeRecord[];
}

/** An entry that is not a message, such as `join` or a new topic. */
export interface EntryRecord extends ChangeRecord {
  readonly type: 'entry';
  readonly room: number;
}

/** The last line, without which an export is incomplete. */
export interface Ending {
  readonly type: 'end';
  readonly messages: number;
}

/** A line of an export. */
export type ExportRecord = Opening | AccountRecord | RoomRecord | MemberRecord | MessageRecord | EntryRecord | Ending;
