import type { Account } from './account.ts';
import type { Codec, Output, Question } from './codec.ts';
import type { Feed } from './feed.ts';

/** What there is to say about a question. */
export interface AskOptions {
  /** What led to it, which the codec puts into words. */
  readonly because?: string | undefined;
  /** What is wrong with the last answer, in a word, for codecs that can express it. */
  readonly reason?: string | undefined;
  /** Whether clients that can should not show what is typed. */
  readonly secret?: boolean | undefined;
}

/** What is known of a session's login; empty before it. */
export interface SessionLogin {
  /** Tells the login apart from others of its account: random for each, and that of the session before after `resume`. */
  readonly device: string;
  /** The epoch of the account (`StoredAccount.epoch`); undefined for an account that no store has. */
  readonly epoch: number | undefined;
  /** The plugin that vouches for who it is. */
  readonly provider: string;
}

/** One client's conversation on a connection; after login it has an account. */
export interface Session {
  /** Counts the sessions of this server's run. */
  readonly id: number;
  /** The name of the transport that accepted the connection: `tcp`, `websocket`. */
  readonly transport: string;
  /** The client's IP address, or the transport's word where it has none. */
  readonly address: string;
  /** What of the address counts as one place: the IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
  /** Whether the limits per network do not hold for it: its network is exempt, or it has no IP address. */
  readonly exempt: boolean;
  /** How the client speaks: the listener's codec, or the one that claimed its first line. */
  readonly codec: Codec;
  /** Who it is, once logged in; undefined before that, as in `onConnect`. */
  readonly account: Account | undefined;
  /** The name that the client has for its device, so that it is the same at its next login; empty for the default device. */
  readonly deviceName: string;
  /** What is known of its login. */
  readonly login: SessionLogin;
  /** The messages that it is given. */
  readonly feed: Feed;
  /** How long it has been connected, in milliseconds of the monotonic clock. */
  readonly age: number;
  /** How long the client has sent no whole line, in milliseconds of the monotonic clock. */
  readonly silence: number;
  /** Whether the session is over; what it is sent then goes nowhere. */
  readonly ended: boolean;
  /** Who it is, as facts for a line of the log. */
  readonly who: { readonly session: number; readonly address: string; readonly account?: string };
  /**
   * Puts a question and waits for the answer, unless the client gave it already: in the login, in `onLogin`, and in a
   * command that does not overlap. Don't catch its errors; the kernel handles them.
   * @param because what led to the question, which the codec puts into words: `connected`, or why a password was refused;
   * or all there is to say about the question
   * @param reason what is wrong with the last answer, in a word, for codecs that can express it
   * @throws when the session is over before it answers, the client begins its login again instead, or cancels a command's
   * question
   */
  ask(question: Question, because?: string | AskOptions, reason?: string): Promise<string>;
  /**
   * Sends an output at once, as the client's codec renders it, besides the answers and messages that the kernel sends by
   * itself. A plugin sends `{ kind: 'event', event, facts }`, which reaches programs only. What is for people too is a
   * message: `server.post`.
   * @throws when the codec has no form for the facts of an answer or event, or the session ends because its codec failed
   */
  send(output: Output): void;
  /**
   * Says why and ends the session: `goodbye`, `timeout`, or any other word as `closing:<reason>`.
   * @param reason one word: letters, digits and hyphens; anything else is sent as `denied`
   * @param seconds after how long, where it is a time-out
   */
  close(reason: string, seconds?: number): void;
  /** Ends the connection at once, whatever is still to be written. */
  destroy(): void;
  /** Calls back when the connection itself is gone, or at once where it is: a closed one takes its time to go. */
  whenGone(tell: () => void): void;
}

/** A session that logs in, as hooks and services of the login are given it. */
export interface LoginSession extends Session {
  /** Whether it takes the place of all other sessions of its account on its device. To be set in `onAdmit`. */
  takesOver: boolean;
  /**
   * Whether it takes the place of another session of its account, which is then closed: it continues that one's login, or
   * takes over from it.
   */
  replaces(other: Session): boolean;
  /** What the client gave with its login for a question that it was not asked, if anything. */
  preset(question: Question): string | undefined;
}

/** A session as the transport that accepted its connection is given it. */
export interface AcceptedSession extends Session {
  /**
   * Counts what a transport has read besides lines, a WebSocket's ping say, against the client's rates: as a line of so
   * many bytes. Who sends too many is closed.
   */
  spend(bytes: number): void;
}
