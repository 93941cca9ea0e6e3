import type { Account } from '../kernel/account.ts';
import type { Connection } from '../kernel/connection.ts';
import type { Refusal } from '../kernel/decisions.ts';
import type { Entry } from '../kernel/entry.ts';
import type { Post, Posted } from '../kernel/posting.ts';
import type { AcceptedSession, Session } from '../kernel/session.ts';
import type { Command } from './commands.ts';
import type { EntryPost } from './kinds.ts';

/** What a plugin may do with the server that it runs in. */
export interface Server {
  /**
   * Hands over a connection that a transport accepted.
   * @param codec the name of the codec that its client speaks
   * @throws when there is no codec of that name
   */
  accept(connection: Connection, codec: string): AcceptedSession;
  /** Says for the operator where a transport listens, `host:port` or a path. */
  listens(transport: string, where: string): void;
  /**
   * Sends a message: plugins may rewrite or refuse it in `onMessage`, it is kept for who is offline, and given to who is
   * online.
   * @param ordered called when nothing that is posted from then on can come before it: a command's `proceed`
   * @returns once it is kept, what was sent and which names are unknown; or a refusal, which a command can give back:
   * `'kind' in posted` tells them apart
   * @throws when it could not be kept
   */
  post(post: Post, ordered?: () => void): Promise<Posted | Refusal>;
  /**
   * Appends an entry of a kind that a plugin defines (`kinds`); it is delivered as messages are, and no hook decides of it.
   * @returns it, once it is kept; with the id 0 where nothing keeps it
   * @throws when no live plugin defines the kind, the data does not fit its schema, or it could not be kept
   */
  append(entry: EntryPost): Promise<Entry>;
  /**
   * Blanks the text of an entry, and of those that change it, for good.
   * @returns whether the entry is in the log
   * @throws when that could not be kept
   */
  redact(id: number, by: Account): Promise<boolean>;
  /**
   * Counts that a limit was met, for `chatserv top` and whoever else asks for facts.
   * @param limit its name, lower-case words with hyphens: the server's and its plugins', never made of what a client sent
   */
  limitMet(limit: string): void;
  /** Whether the limits per network do not hold for an IP address: it is on the list `limits.exempt`. */
  isExempt(address: string): boolean;
  /** Every session there is, logged in or not. */
  sessions(): Iterable<Session>;
  /** The sessions of an account; none when it is offline. */
  sessionsOf(account: Account): readonly Session[];
  /**
   * Looks at the accounts of all sessions again. For a store that finds out that another process has changed accounts:
   * whoever was removed, signed out or given another password is closed.
   * @throws when they could not be read, which is logged
   */
  recheckAccounts(): Promise<void>;
  /** The commands that are loaded, each once, by name. */
  commands(): readonly Command[];
}
