import type { Cursor, Entry, Follower, NewEntry, Room, SendKey } from '../kernel/entry.ts';
import type { Duplicate } from '../kernel/message.ts';
import { token } from './service.ts';

/** One of an account's clients. */
export interface Device extends Cursor {
  /** Empty for the default device, which clients are that name none. */
  readonly name: string;
  /** When it last logged in, in milliseconds since 1970; 0 before its first login. */
  readonly seen: number;
}

/** A move of a device's cursor. */
export interface CursorMove extends Cursor {
  readonly account: number;
  readonly device: string;
}

/** How many direct messages wait for an account: those of others, and its own that are `toSender`. */
export interface InboxCount {
  readonly all: number;
  /** How many of them are from the sender. */
  readonly own: number;
  /** How many of them come from the origin. */
  readonly sameOrigin: number;
  /** Whether the account itself has written to the sender: both are in a direct conversation in which it said something. */
  readonly isContact: boolean;
}

/** What the log keeps, whoever does not have it yet. */
export interface Retention {
  /** Entries appended before this time go, in milliseconds since 1970. */
  readonly before: number;
  /** So many entries stay at most, the latest ones. */
  readonly most: number;
  /**
   * What the time is, in milliseconds since 1970. An entry is at least as young as one that was appended before it; one
   * that is later than now has a wrong time, and says nothing about those after it.
   */
  readonly now?: number;
  /** Keys of messages sent before this time go, and all but those of the latest `most` ids. */
  readonly keysSince: number;
  /** Devices last seen before this time go, but for the last one of an account. */
  readonly devicesSince?: number;
  /** Rooms whose entries stay, whoever has them, until the rest of the retention lets them go. */
  readonly history?: ReadonlySet<number>;
}

/** A member of a named room. */
export interface Member {
  readonly account: number;
  readonly role: string;
  /** The id of the entry with which the account joined. */
  readonly since: number;
}

/** An account's position in a room that has unread entries. */
export interface Unread {
  readonly room: number;
  /** The number of the room's last entry that counts. */
  readonly last: number;
  /** The number up to which the account has read. */
  readonly marker: number;
}

/**
 * All entries in one order, the rooms that they are in, and how far each device and each reader has come. The only
 * source of delivery: what is in the log reaches its audience, whoever appended it.
 */
export interface MessageLog {
  /** Names the stored contents, as `Accounts.identity` does. */
  readonly identity?: string;

  /**
   * Adds entries, all or none, with successive ids. A conversation that does not exist yet is made with its first entry.
   * Ids and numbers rise in the order of the calls; a failed call leaves no hole in either. The promises of several calls
   * resolve in the order of the calls; followers are told before anything that awaits one of them goes on. Looking for the
   * key and adding the entries are one step. An entry of kind `redaction` blanks the body of the entry that it is `of`, and
   * of the entries that are of that one. Accounts that do not exist may be members of a conversation; nothing waits for them.
   * @returns the entries, once they are durable, or the message that they duplicate
   * @throws when they could not be kept, or name a room that does not exist, or a conversation of nobody or of more than
   * `DIRECT_MOST`; then they are not in the log
   */
  append(entries: readonly NewEntry[], key?: SendKey): Promise<readonly Entry[] | Duplicate>;

  /** What the sender sent under this key, also when the message itself is gone, until `Retention.keysSince`. */
  find(sender: number, key: string): Promise<Duplicate | undefined>;

  /** The id of the last entry that is durable; 0 in an empty log. */
  head(): Promise<number>;

  /**
   * Tells a follower of every entry that becomes durable from now on, in the order of the ids, those that another process
   * appends too, within about a second. A follower that throws keeps nobody from being told.
   * @returns ends it
   */
  follow(follower: Follower): () => void;

  /**
   * Up to `limit` entries that are for the account, oldest first, with ids above `after` and up to `upTo`: those of the
   * rooms it was a member of when they were appended, its own among them. Empty when there are none.
   */
  read(account: number, after: number, upTo: number, limit: number): Promise<readonly Entry[]>;

  /** Up to `limit` entries of a room with ids below `before`, latest first; none of a room that does not exist. */
  history(room: number, before: number, limit: number): Promise<readonly Entry[]>;

  /** An entry by its id, while it is there. */
  get(id: number): Promise<Entry | undefined>;

  /** Counts what waits in an account's inbox above the id `after`; up to `most` and no further. */
  count(account: number, sender: number, after: number, most: number, origin?: string): Promise<InboxCount>;

  /**
   * Notes that a device logs in, and makes it where the account lacks it: then it starts where the account's furthest
   * device is. An account's default device is there from its registration, and goes when another logs in before it ever did.
   * @param most how many devices an account may have: those go that were not seen for longest
   * @returns how far it has come; all zero for an account that does not exist
   */
  enter(account: number, device: string, now: number, most: number): Promise<Cursor>;
  /** The devices of an account. */
  devices(account: number): Promise<readonly Device[]>;
  /** Removes a device, so that nothing waits for it. @returns whether it was there */
  removeDevice(account: number, device: string): Promise<boolean>;
  /**
   * Moves cursors of devices that exist; what would move back stays. Durable when it resolves.
   * @param now when these devices were seen, in milliseconds since 1970
   */
  moveCursors(moves: readonly CursorMove[], now: number): Promise<void>;

  /** Moves the numbers up to which accounts have read a room; what would move back stays. Durable when it resolves. */
  moveMarkers(moves: readonly (readonly [account: number, room: number, seq: number])[]): Promise<void>;
  /** The account's rooms in which entries follow its marker, by id. Before its first marker an account has read nothing of a room. */
  unread(account: number): Promise<readonly Unread[]>;

  /** Makes a named room. @returns it, or undefined when the name is taken (by `nameKey`) */
  createRoom(name: string, facts: Room['facts']): Promise<Room | undefined>;
  /** A room by its id, or a named room by its name. */
  room(room: number | string): Promise<Room | undefined>;
  /** Replaces the facts of a named room. */
  setFacts(room: number, facts: Room['facts']): Promise<void>;
  /** Named rooms with ids above `after`, by id. */
  rooms(after: number, limit: number): Promise<readonly Room[]>;
  /** The named rooms and direct conversations that an account is in now, or those of a kind, by id. */
  roomsOf(account: number, kind?: 'room' | 'direct'): Promise<readonly Room[]>;
  /**
   * Makes an account a member of a named room, or gives a member another role. Joining appends an entry of kind `join`, from
   * the account, which does not count and has no body: what is appended after it is for the account.
   * @throws when the room or the account does not exist
   */
  join(room: number, account: number, role: string, time: number): Promise<void>;
  /**
   * Ends a membership, if there is one, with an entry of kind `leave`. What was appended before it is still for the account.
   * @param forget nothing of the room is for the account any more, as after a ban
   */
  leave(room: number, account: number, time: number, forget?: boolean): Promise<void>;
  /** Members of a named room with ids above `after`, by id. */
  members(room: number, after: number, limit: number): Promise<readonly Member[]>;

  /**
   * Forgets what every device of every account has that it is for (an entry is for its sender only where it is `toSender`),
   * and what the retention lets go; a part of it at a time, oldest first, so that others are not kept waiting.
   * @returns whether there may be more to forget: then it is worth calling again
   */
  trim(retention: Retention): Promise<boolean>;
  /**
   * Removes what a sender said, whoever has it; a store may lack this. Keys stay, so that a retry does not say it again.
   * @param sender an account's id; or a name, as shown, of accounts that are removed
   * @returns how many entries were removed
   */
  removeFrom?(sender: number | string): Promise<number>;
  /** When the latest message was sent that the log knows of, be it by its key only; undefined when it knows of none. */
  latest(): Promise<number | undefined>;
  /**
   * Finds out whether entries can be kept now, at next to no cost: it is called every few seconds. After a failure it
   * must try more, so that it resolves only when appending works again.
   * @throws why not, as a sentence
   */
  check?(): Promise<void>;
}

export const MessageLog = token<MessageLog>('message-log');

/**
 * The log of stores that were written for an earlier version, whose plugins name it.
 * @deprecated Nothing takes it any more: `MessageLog` has its place.
 */
export const Log = token<never>('log');
