import type { Account } from '../api/account.ts';
import { type Refusal, refuse } from '../api/decisions.ts';
import { token } from './service.ts';

/**
 * Who finds and joins a room. `public`: it is listed and anyone may join. `unlisted`: anyone may join who knows its name.
 * `invite`: it is listed, and joined by invitation only. `private`: it is joined by invitation only; for anyone else it
 * does not exist.
 */
export type RoomAccess = 'public' | 'unlisted' | 'invite' | 'private';

/** A member's role in a room, from the least: a reader cannot post, and a speaker can where only moderators may. */
export type RoomRole = 'reader' | 'member' | 'speaker' | 'moderator' | 'owner';

/**
 * What a rule of a room does with users whose names match its pattern. `banned`: they cannot join, and members among them
 * cannot post. `muted`: they cannot post. `exempt`: rules of the other two do not apply to them. `invited`: they join
 * without an invitation.
 */
export type RoomNameList = 'banned' | 'muted' | 'exempt' | 'invited';

/** A rule of a room about user names. Speakers, moderators and owners post whatever their names are. */
export interface RoomNameRule {
  readonly list: RoomNameList;
  /** A name, in which `*` stands for any characters and `?` for one. */
  readonly pattern: string;
  /** The id of the account that made it; 0 for the server. */
  readonly by: number;
  /** When it was made, in milliseconds since 1970. */
  readonly time: number;
  /** When it ends, in milliseconds since 1970; without it never. */
  readonly until?: number | undefined;
}

/** The settings of a room. */
export interface RoomSettings {
  /** What it is about; may be empty. */
  readonly topic: string;
  readonly access: RoomAccess;
  /** Who may post: anyone who can see the room, every member but readers, or speakers, moderators and owners only. */
  readonly posting: 'anyone' | 'members' | 'moderators';
  /** Who may set the topic: every member but readers, or moderators and owners only. */
  readonly topics: 'members' | 'moderators';
  /** Slow mode: the seconds between two messages of a member; 0 is off. Moderators and owners are exempt. */
  readonly slow: number;
  /** What users give to join without an invitation; empty for no key. Members may see it. */
  readonly key: string;
  /** With how many members it is joined by invitation only; 0 for no limit but the server's. */
  readonly limit: number;
  /** Whether it is closed: members may read it and leave it, and nothing else. */
  readonly archived: boolean;
}

/** A named room. */
export interface RoomInfo extends RoomSettings {
  readonly id: number;
  /** Its name, without `#`. */
  readonly name: string;
  /** How many members it has; may lag behind by a moment. */
  readonly size: number;
  /** When it was created, in milliseconds since 1970; 0 if nobody knows. */
  readonly created: number;
  /** The id of the account that set the topic; 0 for the server. */
  readonly topicBy: number;
  /** When the topic was set, in milliseconds since 1970; 0 if nobody knows. */
  readonly topicTime: number;
  /** The rules about user names, in the order in which they were made. Some may have ended. */
  readonly names: readonly RoomNameRule[];
  /** The plugin that owns it; empty for a room of users. */
  readonly plugin: string;
}

/** Named rooms, for other plugins. The plugin `rooms` provides it. */
export interface Rooms {
  /**
   * Finds a room for an account: one that is public or by invitation, that it is in, or that it is invited to. Answer
   * `noRoom` where there is none, so that private rooms stay hidden.
   * @param room its name, with or without `#`, or its id
   */
  find(room: string | number, account: Account): Promise<RoomInfo | undefined>;
  /** A room by its id, whoever can see it. */
  get(room: number): Promise<RoomInfo | undefined>;
  /** The rooms that are listed for an account, by name: those it is in or invited to, and others that are not hidden. */
  list(account: Account): Promise<readonly RoomInfo[]>;
  /** The role of an account in a room; undefined if it is not a member. */
  role(room: number, account: Account): Promise<RoomRole | undefined>;
  /**
   * The ids of the accounts that moderate or own a room. The first call for a room reads its members, later ones need not.
   */
  moderators(room: number): Promise<readonly number[]>;
  /** Whether an account has at least this role in a room, or the role `admin` on the server. */
  allows(room: number, account: Account, least: RoomRole): Promise<boolean>;
  /**
   * Why an account may not post in a room now, if so. For entries other than messages, which no hook checks; slow mode
   * does not apply to them.
   */
  postRefusal(room: number, account: Account): Promise<Refusal | undefined>;
  /**
   * Creates a room, whose first member is the account that creates it. A room without an owner is deleted with its last
   * member, and its moderators may do what owners may.
   * @param role of the creator, `owner` by default
   * @returns the room, or why not: the name is taken or not allowed, or a limit is reached
   */
  create(
    name: string,
    creator: Account,
    settings?: Partial<RoomSettings>,
    role?: 'owner' | 'moderator',
  ): Promise<RoomInfo | Refusal>;
  /**
   * Finds or creates a room that belongs to a plugin. It needs no owner, outlives its last member, and counts for no
   * account's limit. To post in it: `server.post({ from: { id: 0, name: '*poll*' }, to: { room: id }, text })`.
   * @param plugin the plugin's name, which it must pass each time
   * @param settings for a new room; an existing one keeps its own
   * @returns the room, or why not: the name is taken or not allowed, or there are too many rooms
   */
  own(plugin: string, name: string, settings?: Partial<RoomSettings>): Promise<RoomInfo | Refusal>;
  /**
   * Changes the settings of a room, and tells its members.
   * @param by who is shown as having changed it, by default the server
   * @returns the room as it is now, or `noRoom`
   */
  change(room: number, settings: Partial<RoomSettings>, by?: Account): Promise<RoomInfo | Refusal>;
  /**
   * Sets a fact of another plugin on a room (`Room.facts`), or removes it. Concurrent changes of other facts are not lost.
   * @param value JSON; undefined to remove the fact
   * @returns whether the room exists
   * @throws when it is a setting of the room
   */
  setFact(room: number, name: string, value: unknown): Promise<boolean>;
  /**
   * Makes an account a member without an invitation and without the room's key, beyond the room's own limit. An account
   * that is a member keeps its role.
   * @param role of a new member, `member` by default
   * @returns why not, if so: it or its name is banned from the room, or a limit of the server is reached
   */
  join(room: number, account: Account, role?: RoomRole): Promise<Refusal | undefined>;
  /** Ends a membership, if there is one. A room of users without an owner goes with its last member. */
  leave(room: number, account: Account): Promise<void>;
  /** Ends all memberships of an account that is to be removed. Rooms that it owns and is alone in are deleted. */
  leaveAll(account: Account): Promise<void>;
  /** The rooms of users that have no owner but this account, by name. */
  lastOwned(account: Account): Promise<readonly RoomInfo[]>;
  /** Deletes a room with its messages, if it exists. @param by who is shown as having deleted it */
  remove(room: number, by?: Account): Promise<void>;
}

export const Rooms = token<Rooms>('rooms');

/** The refusal of a room that does not exist or that the caller cannot see. @param name as it was typed, without `#` */
export function noRoom(name: string): Refusal {
  return refuse('no-room', `There is no room #${name}.`);
}
