import type { Session } from '../api/session.ts';
import type { Outbox } from '../wire/outbox.ts';
import type { Rendered } from './rendered.ts';
import type { SessionFeed } from './session-feed.ts';

/** A session that messages are delivered to. */
export interface Recipient extends Session {
  readonly feed: SessionFeed;
  readonly outbox: Outbox;
  /** A message as the client's codec renders it. A codec that fails to closes the session. */
  render(rendered: Rendered): Buffer | undefined;
  /** Closes the session: more is queued than the limit allows. */
  overflowed(): void;
}
