import type { Account } from './account.ts';
import type { Codec, Output, Question } from './codec.ts';
import type { Feed } from './feed.ts';

/** Details of a question. */
export interface AskOptions {
  /** Why it is asked; the codec words it. */
  readonly because?: string | undefined;
  /** What is wrong with the last answer, as one word, for codecs that can express it. */
  readonly reason?: string | undefined;
  /** Whether clients should not echo the answer. */
  readonly secret?: boolean | undefined;
}

/** A session's login; its texts are empty before it. */
export interface SessionLogin {
  /** Identifies the login among those of its account: random for each; after `resume`, that of the resumed session. */
  readonly device: string;
  /** The epoch of the account (`StoredAccount.epoch`); undefined for an account that no store has. */
  readonly epoch: number | undefined;
  /** The plugin that authenticated the user. */
  readonly provider: string;
}

/** One client's connection; after login it has an account. */
export interface Session {
  /** Numbers the sessions since the server started. */
  readonly id: number;
  /** The name of the transport that accepted the connection: `tcp`, `websocket`. */
  readonly transport: string;
  /** The client's IP address, or the transport's word where it has none. */
  readonly address: string;
  /** The network that limits apply to: the IPv4 address, or the /64 of an IPv6 address. */
  readonly network: string;
  /** Whether the limits per network don't apply: its network is exempt, or it has no IP address. */
  readonly exempt: boolean;
  /** The client's codec: the listener's, or the one that claimed its first line. */
  readonly codec: Codec;
  /** The account, once logged in; undefined before that, as in `onConnect`. */
  readonly account: Account | undefined;
  /** The client's name for its device, as `deviceNameOf` returns it; empty for the default device. */
  readonly deviceName: string;
  /** Its login. */
  readonly login: SessionLogin;
  /** The delivery of messages to it. */
  readonly feed: Feed;
  /** How long it has been connected, in milliseconds of the monotonic clock. */
  readonly age: number;
  /** How long the client has sent no whole line, in milliseconds of the monotonic clock. */
  readonly silence: number;
  /** Whether the session is over. Outputs are then dropped. */
  readonly ended: boolean;
  /** The session, as facts for a log line. */
  readonly who: { readonly session: number; readonly address: string; readonly account?: string };
  /**
   * Asks a question and waits for the answer, unless the client sent it with its login. For use in the login, in
   * `onLogin`, and in a command that does not overlap. Don't catch its errors; the kernel handles them.
   * @param because why it is asked, which the codec words: `connected`, or why a password was refused; or all details
   * @param reason what is wrong with the last answer, as one word, for codecs that can express it
   * @throws when the session ends before the answer, or the client restarts its login or cancels the command instead
   */
  ask(question: Question, because?: string | AskOptions, reason?: string): Promise<string>;
  /**
   * Sends an output now. The kernel sends answers and messages by itself; a plugin sends `{ kind: 'event', event, facts
   * }`, which reaches programs only. Send people a message with `server.post`.
   * @throws when the codec cannot encode the facts of an answer or event
   */
  send(output: Output): void;
  /**
   * Ends the session and sends the reason: `goodbye`, `timeout`, or any other word as `closing:<reason>`.
   * @param reason one word: letters, digits and hyphens; anything else is sent as `denied`
   * @param seconds the length of a timeout
   */
  close(reason: string, seconds?: number): void;
  /** Ends the connection at once and discards queued output. */
  destroy(): void;
  /**
   * Calls back once the connection is gone, or at once if it is: it outlives the session while the last output is
   * written.
   */
  onClosed(callback: () => void): void;
}

/** A session that is logging in, for hooks and services of the login. */
export interface LoginSession extends Session {
  /**
   * Whether it replaces the other sessions of its account: all of them (`account`), or those on its device (`true`). Set
   * it in `onAdmit`.
   */
  takesOver: boolean | 'account';
  /**
   * Whether it replaces another session of its account, which is then closed: it continues that session's login, or
   * takes over from it.
   */
  replaces(other: Session): boolean;
  /** The answer that the client sent with its login to a question that was not asked, if any. */
  preset(question: Question): string | undefined;
}

/** A session, for the transport that accepted its connection. */
export interface AcceptedSession extends Session {
  /**
   * Counts input other than lines, such as a WebSocket ping, against the client's rates, as a line of so many bytes.
   * Closes a client that exceeds them.
   */
  spend(bytes: number): void;
}
