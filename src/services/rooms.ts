import type { Account } from '../api/account.ts';
import { type Refusal, refuse } from '../api/decisions.ts';
import { token } from './service.ts';

/**
 * Who finds and joins a room. `public`: it is listed and anyone may join. `invite`: it is listed, and joined by
 * invitation only. `private`: it is joined by invitation only; for anyone else it does not exist.
 */
export type RoomAccess = 'public' | 'invite' | 'private';

/** A member's role in a room, from the least: a reader cannot post. */
export type RoomRole = 'reader' | 'member' | 'moderator' | 'owner';

/** The settings of a room. */
export interface RoomSettings {
  /** What it is about; may be empty. */
  readonly topic: string;
  readonly access: RoomAccess;
  /** Who may post: every member but readers, or moderators and owners only. */
  readonly posting: 'members' | 'moderators';
  /** Slow mode: the seconds between two messages of a member; 0 is off. Moderators and owners are exempt. */
  readonly slow: number;
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
   * Creates a room of an account, which becomes its owner.
   * @returns the room, or why not: the name is taken or not allowed, or a limit is reached
   */
  create(name: string, owner: Account, settings?: Partial<RoomSettings>): Promise<RoomInfo | Refusal>;
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
   * Makes an account a member without an invitation. An account that is a member keeps its role.
   * @param role of a new member, `member` by default
   * @returns why not, if so: it is banned from the room, or a limit is reached
   */
  join(room: number, account: Account, role?: RoomRole): Promise<Refusal | undefined>;
  /** Ends a membership, if there is one. */
  leave(room: number, account: Account): Promise<void>;
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
