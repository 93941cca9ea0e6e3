/** The id of the room that holds every account. */
export const EVERYONE = 1;

/** The most members of a direct conversation. */
export const DIRECT_MOST = 33;

/**
 * `everyone` holds every account from its registration on; a `room` has a name, and members who come and go; a `direct`
 * conversation has 1 to 33 fixed members and is made by its first entry.
 */
export type RoomKind = 'everyone' | 'room' | 'direct';

/** A place for entries. */
export interface Room {
  readonly id: number;
  readonly kind: RoomKind;
  /** A named room's name, without `#`; otherwise empty. */
  readonly name: string;
  /** A direct conversation's account ids, ascending. Entries of one conversation share the array. */
  readonly members?: readonly number[];
  /** Plugins' data about a named room, such as its topic and who may post. Opaque to the store. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** How many members a named room has now; 0 for other rooms. */
  readonly size: number;
}

/** The room of a new entry: by its id, or the direct conversation of these accounts, in any order. */
export type Destination = { readonly room: number } | { readonly direct: readonly number[] };

/** An entry to append to the log. */
export interface NewEntry {
  readonly to: Destination;
  /** `message`, `action`, `notice` or a kind that a plugin defines. The log itself knows `redaction`, `join`, `leave` and `rename`. */
  readonly kind: string;
  /** The version of the kind's schema. */
  readonly version: number;
  /** Whether it counts as unread, and so has a number within its room. */
  readonly counts: boolean;
  /** The sender's account id; 0 for an entry of no account. */
  readonly sender: number;
  /** The sender's name, as shown. */
  readonly from: string;
  /** The sender's device; empty for the default one, and for an entry of no device. */
  readonly device: string;
  /** Whether the sender is among the recipients. */
  readonly toSender: boolean;
  /** The text of a message; JSON for other kinds. */
  readonly body: string;
  /** The id of the entry that it changes. */
  readonly of?: number | undefined;
  /** The id of the entry that it answers. */
  readonly reply?: number | undefined;
  /** The accounts that it mentions. */
  readonly mentions?: readonly number[] | undefined;
  /** Whether it mentions everyone in its room. */
  readonly mentionsAll?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A word for the sender's network, to count by. */
  readonly origin?: string | undefined;
}

/** An item of the log. */
export interface Entry extends Omit<NewEntry, 'to' | 'origin' | 'mentions'> {
  /** Its place in the log: later entries have greater ids. */
  readonly id: number;
  readonly room: number;
  /** In a direct conversation: the members' ids, ascending. */
  readonly members?: readonly number[] | undefined;
  /** In a named room: its name, without `#`. */
  readonly roomName?: string | undefined;
  /** Its number within the room, from 1 without gaps; 0 for an entry that does not count as unread. */
  readonly seq: number;
  /** The id of the room's previous entry; 0 for the first. */
  readonly previous: number;
  /** Whether a redaction has blanked its body. */
  readonly redacted?: boolean | undefined;
}

/** Whether an entry is a message, of whatever form. */
export function isMessage({ kind }: Pick<Entry, 'kind'>): boolean {
  return kind === 'message' || kind === 'action' || kind === 'notice';
}

/**
 * A sender's idempotency key: a second append under the same key adds nothing, and returns the first entry as the
 * duplicate.
 */
export interface SendKey {
  readonly sender: number;
  readonly key: string;
  /** The recipients answered as unknown, for the answer to a retry. */
  readonly unknown: readonly string[];
  /** When it was sent, in milliseconds since 1970. */
  readonly time: number;
}

/** A device's position in the log. */
export interface Cursor {
  /** The id up to which it has every entry. */
  readonly id: number;
  /** The id up to which entries were sent and may have arrived; never below `id`. */
  readonly handed: number;
}

/**
 * Called with new entries, in the order of their ids, each once: the objects that `append` returned. Its errors are
 * ignored.
 */
export type Follower = (entries: readonly Entry[]) => void;
