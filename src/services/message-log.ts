import { type Refusal, refuse } from '../api/decisions.ts';
import type { Cursor, Entry, Follower, NewEntry, Room, SendKey } from '../api/entry.ts';
import type { Duplicate } from '../api/message.ts';
import { token } from './service.ts';

/** One of an account's clients. */
export interface Device extends Cursor {
  /** Empty for the default device, of clients that name none. */
  readonly name: string;
  /** When it last logged in, in milliseconds since 1970; 0 before its first login. */
  readonly seen: number;
}

/** A move of a device's cursor. */
export interface CursorMove extends Cursor {
  readonly account: number;
  readonly device: string;
}

/** The undelivered direct messages of an account: those of others, and its own with `toSender`. */
export interface InboxCount {
  readonly all: number;
  /** How many of them are from the sender. */
  readonly own: number;
  /** How many of them are from the origin. */
  readonly sameOrigin: number;
  /** Whether the account has posted in a direct conversation with the sender. */
  readonly isContact: boolean;
}

/** Limits on what the log keeps, delivered or not. */
export interface Retention {
  /** Entries appended before this time are removed, in milliseconds since 1970. */
  readonly before: number;
  /** The most entries that stay, the latest ones. */
  readonly most: number;
  /**
   * The present time, in milliseconds since 1970. An entry counts as no older than those before it, except those with a
   * time later than now, which must be wrong.
   */
  readonly now?: number;
  /** Keys of messages sent before this time are removed, and so are all but those of the latest `most` ids. */
  readonly keysSince: number;
  /** Devices last seen before this time are removed, except an account's last one. */
  readonly devicesSince?: number;
  /** Entries stay after delivery, within this retention of their room; without it they go once they are delivered. */
  readonly history?: RoomRetention;
  /** Rooms with a retention of their own; `undefined` for one whose entries go once they are delivered. */
  readonly rooms?: ReadonlyMap<number, RoomRetention | undefined>;
}

/** Limits on what the log keeps of one room, delivered or not. */
export interface RoomRetention {
  /** Entries appended before this time are removed, in milliseconds since 1970. */
  readonly before: number;
  /** The most entries that stay of those that count as unread, the latest ones. */
  readonly most: number;
}

/** A part of a room's history. */
export interface HistoryRange {
  /** Only entries with ids above this one. */
  readonly after?: number | undefined;
  /** Only entries with ids below this one. */
  readonly before?: number | undefined;
  /** The most entries. */
  readonly limit: number;
  /** From which end of the range; the latest by default. */
  readonly from?: 'oldest' | 'latest' | undefined;
  /** Whether to leave out entries that do not count as unread. */
  readonly counting?: boolean | undefined;
  /** Leaves out the entries of these accounts. */
  readonly except?: readonly number[] | undefined;
}

/** A period in which an account may read a room: the entries with ids above `since` and, unless it is 0, below `until`. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** The part of a named room's new entries that a device is not sent. */
export interface Gap {
  readonly room: Room;
  /** The id of its first entry, and when that was appended, in milliseconds since 1970. */
  readonly id: number;
  readonly time: number;
  /** Its entries have ids below this one. */
  readonly before: number;
  /** How many of them count as unread, by their numbers. */
  readonly count: number;
}

/** How many entries of a room a device is sent at most for each that counts as unread. */
export const ENTRIES_PER_MESSAGE = 4;

/** A member of a named room. */
export interface Member {
  readonly account: number;
  readonly role: string;
  /** The id of the entry with which the account joined. */
  readonly since: number;
}

/** How much of a room an account has read. */
export interface Unread {
  readonly room: number;
  /** The id of the room's last entry, whether or not it counts; 0 without entries. */
  readonly lastId: number;
  /** The number of the room's last entry that counts. */
  readonly last: number;
  /** The number up to which the account has read. */
  readonly marker: number;
  /** How many entries past the marker mention the account, up to `MENTIONS_MOST`. */
  readonly mentions: number;
}

/** How far mentions are counted. */
export const MENTIONS_MOST = 100;

/**
 * All entries in one order, their rooms, and the positions of devices and readers. The only source of delivery: an
 * entry in the log reaches its recipients, whichever process appended it.
 */
export interface MessageLog {
  /** Identifies the stored contents, as `Accounts.identity` does. */
  readonly identity?: string;

  /**
   * Appends entries, all or none, with successive ids. The first entry of a direct conversation creates it. Ids and
   * numbers ascend in the order of the calls, and a failed call leaves no gap. The promises of several calls resolve in
   * the order of the calls, and followers are called before code that awaits one. Checking the key and appending are
   * atomic. An entry of kind `redaction` blanks the body of the entry that it changes (`of`), and of the other
   * entries that change that one. Members of a conversation need not exist; nothing is queued for those that don't.
   * @returns the entries, once they are durable, or the message that they duplicate
   * @throws when they could not be kept, change an entry that was redacted before, or name an unknown room, or a
   * conversation of no members or more than `DIRECT_MOST`; the log is unchanged then
   */
  append(entries: readonly NewEntry[], key?: SendKey): Promise<readonly Entry[] | Duplicate>;

  /** The message that the sender sent under this key, even after it was trimmed, until `Retention.keysSince`. */
  find(sender: number, key: string): Promise<Duplicate | undefined>;

  /** The id of the last durable entry; 0 in an empty log. */
  head(): Promise<number>;

  /**
   * Calls a follower with every entry that becomes durable from now on, in the order of the ids; entries of another
   * process arrive within about a second. A follower that throws does not affect the others.
   * @returns a function that stops that
   */
  follow(follower: Follower): () => void;

  /**
   * Calls a follower as `follow` does, with the entries that this process appended only. A store for several servers has
   * this and `catchUp`.
   */
  followOwn?(follower: Follower): () => void;
  /**
   * Passes on to the followers what other processes have appended before the call, sooner than by itself.
   * @throws when it cannot be read
   */
  catchUp?(): Promise<void>;

  /**
   * Up to `limit` entries for the account, oldest first, with ids above `after` and up to `upTo`: those of rooms that
   * it was a member of when they were appended, its own included.
   * @param skip in these rooms, up to this id, only the entries that count as unread and mention the account
   */
  read(
    account: number,
    after: number,
    upTo: number,
    limit: number,
    skip?: ReadonlyMap<number, number>,
  ): Promise<readonly Entry[]>;

  /**
   * Finds the named rooms that have many new entries for an account, above `after` and up to `upTo`: more than `most`
   * that count as unread, or more than `ENTRIES_PER_MESSAGE` times as many in all. The latest `keep` of them, by the same
   * measure and at most `most`, are not in the gap, nor are entries at its start that mention the account. The cost for a
   * room does not depend on how many entries are new.
   */
  gaps(account: number, after: number, upTo: number, most: number, keep: number): Promise<readonly Gap[]>;

  /** Entries of a room, oldest first, from either end of a range; none for an unknown room. */
  history(room: number, range: HistoryRange): Promise<readonly Entry[]>;
  /** Up to `limit` entries of all rooms with ids above `after`, by id. */
  entries(after: number, limit: number): Promise<readonly Entry[]>;
  /** Those of these ids that no entry of an existing room has, as after trimming; in the order given. */
  missing(ids: readonly number[]): Promise<readonly number[]>;
  /** Up to `limit` entries that change (`of`) one of these entries, by id. @param kind only entries of this kind */
  changes(ids: readonly number[], limit: number, kind?: string): Promise<readonly Entry[]>;

  /** An entry by its id; undefined once it was trimmed. */
  get(id: number): Promise<Entry | undefined>;
  /** An entry by its id, if the account may read it. */
  readable(account: number, id: number): Promise<Entry | undefined>;
  /** When the account could read a room, oldest first: none for a room that it was never in. */
  spans(account: number, room: number): Promise<readonly Span[]>;
  /** The same for `everyone` and all named rooms that the account is or was in, by room; empty for an unknown account. */
  namedSpans(account: number): Promise<ReadonlyMap<number, readonly Span[]>>;

  /** Counts the messages in an account's inbox above the id `after`, up to `most`. */
  count(account: number, sender: number, after: number, most: number, origin?: string): Promise<InboxCount>;

  /**
   * Records a device's login, and creates the device if it is new: it starts at the account's furthest cursor. An
   * account's default device exists from registration, and is removed if another device logs in first.
   * @param most the most devices of an account: those not seen for longest are removed
   * @returns its cursor; all zero for an unknown account
   */
  enter(account: number, device: string, now: number, most: number): Promise<Cursor>;
  /** The devices of an account. */
  devices(account: number): Promise<readonly Device[]>;
  /** Removes a device: nothing is queued for it any more. @returns whether it existed */
  removeDevice(account: number, device: string): Promise<boolean>;
  /**
   * Moves the cursors of existing devices, forward only. Durable when it resolves.
   * @param now when these devices were seen, in milliseconds since 1970
   */
  moveCursors(moves: readonly CursorMove[], now: number): Promise<void>;

  /** Moves accounts' read markers in rooms, forward only. Durable when it resolves. */
  moveMarkers(moves: readonly (readonly [account: number, room: number, seq: number])[]): Promise<void>;
  /**
   * The account's rooms with entries past its marker, by id. Registering marks what was said to everyone before as read,
   * and so does joining a room; elsewhere every entry is unread at first.
   */
  unread(account: number): Promise<readonly Unread[]>;
  /** The account's position in a room; undefined if it is not in the room. */
  position(account: number, room: number): Promise<Unread | undefined>;
  /**
   * Up to `limit` positions of the account in the rooms that it is in, those with the latest entries first. Only rooms
   * whose last entry has an id below `before`: the `lastId` of the page before.
   */
  positions(account: number, before: number, limit: number): Promise<readonly Unread[]>;

  /** Creates a named room. @returns it, or undefined when the name is taken (by `nameKey`) */
  createRoom(name: string, facts: Room['facts']): Promise<Room | undefined>;
  /** A room by its id, a named room by its name, or the direct conversation of these accounts, if there is one. */
  room(room: number | string | readonly number[]): Promise<Room | undefined>;
  /** Replaces the facts of a named room. */
  setFacts(room: number, facts: Room['facts']): Promise<void>;
  /**
   * Renames a named room, with an entry of kind `rename` from no account, whose body is the new name as JSON.
   * @returns the room, or undefined when the name is taken by another room
   * @throws when there is no such named room
   */
  renameRoom(room: number, name: string, time: number): Promise<Room | undefined>;
  /**
   * Removes a named room: its name is free at once, and nobody reads it or is in it. Trimming removes its entries and
   * memberships.
   */
  removeRoom(room: number): Promise<void>;
  /** Named rooms with ids above `after`, by id. */
  rooms(after: number, limit: number): Promise<readonly Room[]>;
  /** The rooms that an account is in now, by id: those of a kind, or all but `everyone`. */
  roomsOf(account: number, kind?: 'room' | 'direct'): Promise<readonly Room[]>;
  /**
   * Makes an account a member of a named room, or changes a member's role. Joining appends an entry of kind `join` from
   * the account, without a body, which does not count as unread: later entries are for the account.
   * @throws when the room or the account does not exist
   */
  join(room: number, account: number, role: string, time: number): Promise<void>;
  /**
   * Ends a membership, if there is one, with an entry of kind `leave`. Earlier entries are still for the account.
   * @param forget whether no entry of the room is for the account any more, as after a ban
   * @param body of that entry, as JSON; without one it has none
   */
  leave(room: number, account: number, time: number, forget?: boolean, body?: string): Promise<void>;
  /** Members of a named room with ids above `after`, by id. */
  members(room: number, after: number, limit: number): Promise<readonly Member[]>;
  /** A member of a named room, if the account is one. */
  member(room: number, account: number): Promise<Member | undefined>;

  /**
   * Removes entries that every device of every recipient has (with `toSender`, the sender is one of them),
   * and those beyond the retention; a slice at a time, oldest first, so that other requests get their turn.
   * @returns whether there may be more to remove: call it again then
   */
  trim(retention: Retention): Promise<boolean>;
  /**
   * Removes a sender's messages, delivered or not, with what changes them except redactions; a store may lack this. Keys stay,
   * so that a retry does not send them again.
   * @param sender an account's id; or the name, as shown, of removed accounts
   * @returns how many entries of the sender were removed
   */
  removeFrom?(sender: number | string): Promise<number>;
  /** The time of the latest message that the log knows, if only by its key; undefined when it knows none. */
  latest(): Promise<number | undefined>;
  /**
   * Checks whether entries can be kept now. It is called every few seconds and must cost next to nothing; after a
   * failure it must check thoroughly, and resolve only once appending works again.
   * @throws why not, as a sentence
   */
  check?(): Promise<void>;
}

export const MessageLog = token<MessageLog>('message-log');

/** The refusal of a message that does not exist or that the caller cannot read. */
export function noMessage(): Refusal {
  return refuse('no-message', 'There is no such message.');
}

/** The refusal of a message that the caller could read, and that was deleted. */
export function messageDeleted(): Refusal {
  return refuse('deleted', 'That message was deleted.');
}

/**
 * The log of stores written for an earlier version. Their plugins still name it.
 * @deprecated Unused: provide `MessageLog` instead.
 */
export const Log = token<never>('log');
