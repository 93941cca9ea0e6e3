/** The id of the room that holds every account. */
export const EVERYONE = 1;

/** The most members of a direct conversation. */
export const DIRECT_MOST = 33;

/**
 * `everyone` holds every account from its registration on; a `room` has a name, and members who come and go; a `direct`
 * conversation has 1 to 33 fixed members and is made by its first entry.
 */
export type RoomKind = 'everyone' | 'room' | 'direct';

/** Where something is said. */
export interface Room {
  readonly id: number;
  readonly kind: RoomKind;
  /** Of a named room, without `#`; otherwise empty. */
  readonly name: string;
  /** Of a direct conversation: the accounts' ids, rising. Entries of one conversation share the array. */
  readonly members?: readonly number[];
  /** What plugins keep with a named room, such as its topic and who may post. The store does not look into it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Where an entry goes: a room by its id, or the direct conversation of these accounts, in any order. */
export type Destination = { readonly room: number } | { readonly direct: readonly number[] };

/** An entry on its way into the log. */
export interface NewEntry {
  readonly to: Destination;
  /** `message`, or what a plugin defines. The log itself knows `redaction`, `join` and `leave`. */
  readonly kind: string;
  /** The version of the kind's schema. */
  readonly version: number;
  /** Whether it counts as unread, and so has a number within its room. */
  readonly counts: boolean;
  /** The sender's account id; 0 for what no account says. */
  readonly sender: number;
  /** The sender's name, as shown. */
  readonly from: string;
  /** The sender's device; empty for the default one and for what no device sent. */
  readonly device: string;
  /** Whether the sender is among those it is addressed to. */
  readonly toSender: boolean;
  /** The text of a message; JSON for other kinds. */
  readonly body: string;
  /** The id of the entry that it changes. */
  readonly of?: number | undefined;
  /** The id of the entry that it answers. */
  readonly reply?: number | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A word that stands for the sender's network, to count by. */
  readonly origin?: string | undefined;
}

/** An item of the log. */
export interface Entry extends Omit<NewEntry, 'to' | 'origin'> {
  /** Its place in the log: later entries have greater ids. */
  readonly id: number;
  readonly room: number;
  /** Of an entry in a direct conversation: its members' ids, rising. */
  readonly members?: readonly number[] | undefined;
  /** Its number within the room, from 1 on without holes; 0 where it does not count as unread. */
  readonly seq: number;
  /** The id of the room's entry before it; 0 for the first. */
  readonly previous: number;
  /** Whether a redaction has blanked its body. */
  readonly redacted?: boolean | undefined;
}

/**
 * What a sender calls a message: a second append under the same key adds nothing, and is a duplicate of the first entry of
 * the first one.
 */
export interface SendKey {
  readonly sender: number;
  readonly key: string;
  /** The names that the sender is told are unknown, for the answer to a retry. */
  readonly unknown: readonly string[];
  /** When it was sent, in milliseconds since 1970. */
  readonly time: number;
}

/** How far a device has come in the log. */
export interface Cursor {
  /** The id up to which it has everything. */
  readonly id: number;
  /** The id up to which entries were handed over and may have arrived; never below `id`. */
  readonly handed: number;
}

/** Told of entries, in the order of their ids, each once. The same objects that `append` gave. What it throws is dropped. */
export type Follower = (entries: readonly Entry[]) => void;
