import type { Account } from '../api/account.ts';
import type { Entry } from '../api/entry.ts';
import type { Message } from '../api/message.ts';
import type { MessageContext } from './context.ts';
import { Delivery } from './delivery.ts';
import { LoggedMessage } from './logged-message.ts';
import { Online } from './online.ts';
import { Posting } from './posting.ts';
import type { Recipient } from './recipient.ts';
import { SessionFeed } from './session-feed.ts';

/** Takes messages to the log, and delivers them from it to the sessions online. */
export class Messages {
  readonly online = new Online();
  readonly posting: Posting;
  readonly #context: MessageContext;
  readonly delivery: Delivery;

  constructor(context: MessageContext) {
    this.#context = context;
    this.delivery = new Delivery(context, this.online);
    this.posting = new Posting(context, this.delivery);
  }

  /** Begins to deliver new entries. Sessions read earlier ones from the log. @throws when the log cannot be read */
  begin(): Promise<void> {
    return this.delivery.begin();
  }

  /** Follows the log of the live plugins, which a reload may have replaced. No entry is delivered twice. */
  follow(): void {
    this.delivery.follow();
  }

  /** An entry of the log as a message. */
  message(entry: Entry): Message {
    return new LoggedMessage(entry, this.delivery, false);
  }

  /** Makes the feed of a new session. */
  feed(session: Recipient): SessionFeed {
    return new SessionFeed(session, this.#context, this.delivery);
  }

  /** Puts a session online: entries are offered to its feed from now on, and stay in the log until it is opened. */
  connect(session: Recipient, account: Account): void {
    this.online.add(session, account);
    session.feed.begin();
  }

  /** Opens the feed of a session whose login is done. @throws when the rooms of its account cannot be read */
  async open(session: Recipient, account: Account): Promise<void> {
    await this.delivery.loadRooms(account.id);
    if (!session.ended) session.feed.open();
  }

  /** Takes a session offline, if it was online. */
  disconnect(session: Recipient): void {
    this.online.remove(session);
    if (session.account !== undefined) this.delivery.forgetRooms(session.account.id);
  }
}
