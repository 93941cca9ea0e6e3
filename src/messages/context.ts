import type { Clock } from '../api/clock.ts';
import type { Entry, Follower, NewEntry, Room, SendKey } from '../api/entry.ts';
import type { Hooks } from '../api/handlers.ts';
import type { Logger } from '../api/logger.ts';
import type { Duplicate, Message } from '../api/message.ts';

/** The log, as posting and delivery use it. */
export interface UsedLog {
  append(entries: readonly NewEntry[], key?: SendKey): Promise<readonly Entry[] | Duplicate>;
  find(sender: number, key: string): Promise<Duplicate | undefined>;
  get(id: number): Promise<Entry | undefined>;
  head(): Promise<number>;
  follow(follower: Follower): () => void;
  roomsOf(account: number, kind: 'room'): Promise<readonly Room[]>;
}

/** A kind of entry that a plugin defines. */
export interface LiveKind {
  /** An entry as a plain line; undefined for none. It does not throw. */
  line(entry: Entry): string | undefined;
  /** Whether clients are told of an entry. It does not throw. */
  isShown(entry: Entry): boolean;
}

/** Quotes what messages answer, for people. */
export interface LiveQuotes {
  of(id: number): string;
  /** Makes what `of` returns current. It does not throw. */
  load(ids: readonly number[]): Promise<void>;
  note(entries: readonly Entry[]): void;
}

/** The live plugins' contributions to messages. */
export interface MessageGeneration {
  readonly hooks: Hooks;
  /** The message log, if a plugin provides one. */
  readonly log?: UsedLog | undefined;
  /** The quotes in replies, if a plugin provides them. */
  readonly quotes?: LiveQuotes | undefined;
  /** The kinds of entries that plugins define, by name. */
  readonly kinds?: ReadonlyMap<string, LiveKind>;
}

/** Counts messages. */
export interface MessageCounters {
  /** Messages that were sent; refused ones and retries don't count. */
  posted: number;
  /** A message became durable so many milliseconds after it was posted. */
  kept(milliseconds: number): void;
  /** A message is about to be delivered to its recipients online. */
  given(message: Message): void;
  countLimitHit(limit: string): void;
}

/** The limits on one client's messages. */
export interface MessageLimits {
  /** How much output other than answers may be queued before the client is closed as too slow, in bytes. */
  readonly outboxBytes: number;
  /** How many messages may be unacknowledged, for codecs that acknowledge. */
  readonly unacknowledged: number;
}

/** The server, as posting and delivery see it. */
export interface MessageContext {
  readonly environment: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly counters: MessageCounters;
    /** `isRemoved`: whether an account was removed while the server ran. */
    readonly accounts: { isRemoved(account: number): boolean };
  };
  /** The limits. A reload replaces them. */
  readonly limits: MessageLimits;
  /** The live plugins. A reload replaces them. */
  readonly generation: MessageGeneration;
}
