import type { Account } from '../api/account.ts';
import type { Codec } from '../api/codec.ts';
import type { CommandCall } from '../api/command-call.ts';
import type { Connection } from '../api/connection.ts';
import type { Refusal, Reply } from '../api/decisions.ts';
import type { Destination, Entry } from '../api/entry.ts';
import type { Post, Posted } from '../api/post.ts';
import type { AcceptedSession, Session } from '../api/session.ts';
import type { ParamShapes } from '../params/arguments.ts';
import type { ShownEntry } from './shown-entry.ts';

/** A loaded command, as `server.commands()` lists it. */
export interface Command {
  /** The word that calls it. The server does not start if two plugins contribute the same word. */
  readonly name: string;
  /** Other words that call it. */
  readonly aliases: readonly string[];
  /** How it is called: `wholast <minutes>`. */
  readonly usage: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** Its arguments by name, in the order of a line; undefined if it does not declare them. */
  readonly params?: ParamShapes | undefined;
  /** Whether its calls may overlap with those of other such commands. */
  readonly overlaps?: boolean;
  /** The role that it requires, for display; `allows` checks it. */
  readonly role?: string;
  /** Whether an account may call it; others are answered `error:denied:<command>`. Without it everyone may. */
  readonly allows?: (account: Account) => Promise<boolean>;
  /** The plugin that contributes it. */
  readonly plugin: string;
  /** Answers a call. */
  run(call: CommandCall): Reply | Promise<Reply>;
}

/** An entry to append to the log, of a kind that a plugin defines. */
export interface EntryPost {
  readonly kind: string;
  /** The sender, as in `Post`. */
  readonly from: Account;
  readonly to: Destination;
  /** Data that the kind's schema accepts. */
  readonly data: unknown;
  /** The id of the entry that it changes. */
  readonly of?: number;
  /** The id of the entry that it answers. */
  readonly reply?: number;
  /** The device that sends it (`session.deviceName`) and does not receive it again. */
  readonly device?: string;
  /** Whether the sender is a recipient too. */
  readonly toSender?: boolean;
  /** Whether the store keeps it, by default it does; otherwise only online accounts receive it, with the id 0. */
  readonly kept?: boolean;
}

/** An entry with a text that changes a message, such as an edit or a reaction; or one that passes the same guards. */
export interface TextPost {
  readonly kind: string;
  /** The sender, as in `Post`. */
  readonly from: Account;
  /**
   * The message that it changes, in whose room it is appended. The id 0 stands for none, as for a sign that someone is
   * typing; with it, the room 0 stands for the conversation of the members, which there need not be yet.
   */
  readonly of: Pick<Entry, 'id' | 'room' | 'members'>;
  /** In a direct conversation: the recipients. */
  readonly to?: readonly Account[];
  /** As in `Post`. */
  readonly text: string;
  /** The device that sends it (`session.deviceName`) and does not receive it again. */
  readonly device?: string;
  /** As in `EntryPost`. */
  readonly kept?: boolean;
  /** Makes the data, which the kind's schema must accept, of the text that handlers left. */
  data(text: string): unknown;
}

/** An entry that no log keeps. */
export type EphemeralEntry = Omit<Entry, 'id' | 'seq' | 'previous' | 'redacted'>;

/** The server as a plugin uses it. */
export interface Server {
  /**
   * Hands over a connection that a transport accepted.
   * @param codec the name of the client's codec
   * @throws when there is no codec of that name
   */
  accept(connection: Connection, codec: string): AcceptedSession;
  /**
   * Checks the password of a session's own account again, such as before a command that cannot be undone. `onPassword`
   * decides, with all limits on logins, and a wrong password counts as in a login. The session is closed after
   * `limits.passwordAttempts` wrong ones.
   * @returns why it is refused, if so: `password` (it is wrong), `blocked` or `busy`; a command can return it
   */
  checkPassword(session: Session, secret: string): Promise<Refusal | undefined>;
  /** The codecs of the live plugins, in the order in which they may claim clients. */
  codecs(): readonly Pick<Codec, 'name' | 'subprotocols'>[];
  /** Reports to the operator where a transport listens, `host:port` or a path. */
  listens(transport: string, where: string): void;
  /**
   * Sends a message: plugins may rewrite or refuse it in `onMessage`, it is stored for offline recipients and delivered to
   * those online.
   * @param ordered called when no later post can overtake it any more: a command's `proceed`
   * @returns once it is stored, what was sent and which names are unknown; or a refusal, which a command can return:
   * `'kind' in posted` tells them apart
   * @throws when it could not be stored
   */
  post(post: Post, ordered?: () => void): Promise<Posted | Refusal>;
  /**
   * Appends an entry of a kind that a plugin defines (`kinds`). It is delivered like a message, but passes no hook.
   * @returns the entry once it is stored; with the id 0 if no store keeps it
   * @throws when no live plugin defines the kind, the data does not fit its schema, or it could not be stored
   */
  append(entry: EntryPost): Promise<Entry>;
  /**
   * Appends an entry with a text that changes a message. The text passes the guards and transforms of `onMessage`, in a
   * draft of its kind with the message's id as `of`.
   * @returns the entry once it is stored, or a refusal: `'reason' in posted` tells them apart
   * @throws as `append` does
   */
  postEntry(entry: TextPost): Promise<Entry | Refusal>;
  /**
   * Blanks the text of an entry, and of those that change it, for good.
   * @param device the device that requests it (`session.deviceName`) and is not notified
   * @returns whether the entry is in the log
   * @throws when that could not be stored
   */
  redact(id: number, by: Account, device?: string): Promise<boolean>;
  /**
   * An entry of the log as clients are sent it, for an answer with entries of the log; undefined if its plugin hides it
   * from clients.
   */
  shown(entry: Entry): ShownEntry | undefined;
  /**
   * Counts a limit that was hit, for `chatserv top` and metrics.
   * @param limit its name in lower-case words with hyphens, never made of a client's input
   */
  countLimitHit(limit: string): void;
  /** @deprecated `countLimitHit` */
  limitMet(limit: string): void;
  /** Whether an IP address is exempt from limits per network, by `limits.exempt`. */
  isExempt(address: string): boolean;
  /** All sessions, logged in or not. */
  sessions(): Iterable<Session>;
  /** The sessions of an account; none when it is offline. */
  sessionsOf(account: Account): readonly Session[];
  /**
   * Calls back with each named room that has members online, then with each whose first member comes online or whose last
   * one leaves.
   * @returns a function that stops that
   */
  watchRooms(changed: (room: number, isOccupied: boolean) => void): () => void;
  /**
   * Calls back with each entry of this server that no log keeps, once it was given to the sessions here. For a plugin that
   * passes it on to other servers. @returns a function that stops that
   */
  followEphemeral(follower: (entry: EphemeralEntry) => void): () => void;
  /**
   * Gives an entry of another server that no log keeps to the sessions of this one.
   * @throws when no live plugin defines its kind, or its body does not fit the kind's schema
   */
  deliverEphemeral(entry: EphemeralEntry): Promise<void>;
  /**
   * Reads the accounts of all sessions again. For a store that notices changes by another process: sessions of accounts that
   * were removed, signed out or given another password are closed.
   * @throws when they could not be read, which is logged
   */
  recheckAccounts(): Promise<void>;
  /** The loaded commands, each once, by name. */
  commands(): readonly Command[];
}
