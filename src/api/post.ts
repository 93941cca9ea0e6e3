import type { Account } from './account.ts';
import type { IdempotencyKey, Message, MessageForm } from './message.ts';

/** A message to send, and its recipients. */
export interface Post {
  /**
   * The sender: a command's caller, a bot (`claimBot`), or `{ id: 0, name: '*server*' }` for a message of no account.
   * User names cannot contain `*`. The page shows messages from `*server*` as announcements.
   */
  readonly from: Account;
  /**
   * `everyone`: all registered users but the sender. `online`: those online, and the message is not kept. Or a named
   * room, by its id; or accounts, by name or as objects. Duplicates count once.
   */
  readonly to: 'everyone' | 'online' | { readonly room: number } | readonly (string | Account)[];
  /** Several lines have LF between them; control characters are removed. */
  readonly text: string;
  readonly form?: MessageForm | undefined;
  /** The id of the message that it answers. */
  readonly reply?: number | undefined;
  /** Set where the sender may retry. */
  readonly once?: IdempotencyKey | undefined;
  /** The sender's device (`session.deviceName`), which does not receive the message. */
  readonly device?: string | undefined;
  /** Whether a moderator has approved it: slow mode and `approval` let it pass, and its sender receives it too. */
  readonly approved?: boolean | undefined;
}

/** A message that was sent. */
export interface Posted {
  /** As delivered, with its id and the text that hooks left. */
  readonly message: Message;
  /** The names of recipients that the message cannot reach, as given. */
  readonly unknown: readonly string[];
}
