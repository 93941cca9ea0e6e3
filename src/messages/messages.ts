import type { MessageContext } from './context.ts';
import { Delivery } from './delivery.ts';
import { Online } from './online.ts';
import { Posting } from './posting.ts';
import type { Recipient } from './recipient.ts';
import { SessionFeed } from './session-feed.ts';

/** Takes messages to the log, and delivers them from it to the sessions online. */
export class Messages {
  readonly online = new Online();
  readonly delivery: Delivery;
  readonly posting: Posting;
  readonly #context: MessageContext;

  constructor(context: MessageContext) {
    this.#context = context;
    this.delivery = new Delivery(context, this.online);
    this.posting = new Posting(context, this.delivery);
  }

  /** Makes the feed of a new session. */
  feed(session: Recipient): SessionFeed {
    return new SessionFeed(session, this.#context, this.delivery);
  }
}
